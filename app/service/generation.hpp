#pragma once
// A generation: one configuration in force, with everything that a reload replaces. It is built
// completely before use, does not change afterwards, and is handed to the workers as a whole
// (docs/architecture.md, "Reload"). The parts that outlive it (threads, listeners, counters, logs)
// belong to app/service/application. Used by app/service/application and app/service/front.

#include "app/jwks/jwks_source.hpp"
#include "app/log/service_log.hpp"
#include "app/service/certificates.hpp"
#include "app/service/key_metrics.hpp"
#include "app/service/media_set.hpp"
#include "app/service/process_metrics.hpp"
#include "app/service/routes.hpp"
#include "app/service/store_service.hpp"
#include "app/status/status_board.hpp"
#include "core/access/pseudonym.hpp"
#include "core/config/config.hpp"
#include "core/issuer/issuer.hpp"
#include "core/issuer/ownership.hpp"
#include "core/token/key_file.hpp"
#include "core/token/token_service.hpp"
#include "http/exchange/site.hpp"
#include "store/granted_entitlements.hpp"

#include <atomic>
#include <memory>
#include <optional>
#include <vector>

namespace sluice::app {

class generation {
  public:
    /// The parts that all generations of a process share; they outlive every generation.
    struct surroundings {
        const core::clock& clock;
        const std::atomic<bool>& is_leaving;
        const std::atomic<bool>& is_draining;
        const std::vector<const http::counters*>& counters;
        const process_metrics& process;
        const certificates& tls;
        http::user_transfers& users;
        core::peer_rates& bad_credentials;
        http::storage& devices;
        store_service* store; // null: none
        jwks_source* jwks;    // null: none
        service_log& log;
        http::log_sink* audit; // null: none
        status_board& board;
        http::trainer_counts* trainers; // null: metrics.by_trainer is 0
    };

    /// `settings` have been validated; `media` fits them. Throws std::exception when a resource is
    /// unavailable.
    generation(core::config settings, core::loaded_keys keys,
               std::shared_ptr<const media_set> media, const surroundings& around);
    generation(const generation&) = delete;
    generation& operator=(const generation&) = delete;

    [[nodiscard]] const core::config& settings() const noexcept { return settings_; }
    [[nodiscard]] const core::loaded_keys& keys() const noexcept { return keys_; }
    [[nodiscard]] const std::shared_ptr<const media_set>& media() const noexcept { return media_; }

    /// The key set of session tokens that it was built with; null: none.
    [[nodiscard]] const jwks_text& jwks() const noexcept { return jwks_; }

    /// The site of the main listener; metrics() is that of the listener for /metrics.
    [[nodiscard]] const http::site& main() const noexcept { return main_; }
    [[nodiscard]] const http::site& metrics() const noexcept { return metrics_; }
    /// The site of the control socket.
    [[nodiscard]] const http::site& control() const noexcept { return control_; }

  private:
    [[nodiscard]] http::media_access files(const surroundings& around) const;
    [[nodiscard]] http::download_handler::context downloads(const surroundings& around) const;
    [[nodiscard]] status_handler::context status(const surroundings& around) const;
    [[nodiscard]] http::site control_site(const surroundings& around) const;
    [[nodiscard]] http::site site_of(const http::router& routes, const surroundings& around) const;

    core::config settings_;
    core::loaded_keys keys_;
    key_metrics key_metrics_;
    std::shared_ptr<const media_set> media_;
    core::token_service tokens_;
    core::pseudonyms pseudonyms_;
    jwks_text jwks_;
    core::issuer_gate gate_;
    http::bad_credentials bad_;
    core::ownership owners_;
    std::optional<store::granted_entitlements> granted_; // only with a store
    http::cors_policy cors_;
    handlers handlers_;
    http::router main_routes_;
    http::router metrics_routes_;
    http::router control_routes_;
    http::site main_;
    http::site metrics_;
    http::site control_;
};

} // namespace sluice::app
