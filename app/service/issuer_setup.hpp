#pragma once
// Builds the issuer gate from the settings of the issuer section and the files that they name. It
// decides on no request: core/issuer does. Used by app/service/generation, app/service/reload,
// app/start and `sluice config check`.

#include "app/log/service_log.hpp"
#include "core/base/operator_problem.hpp"
#include "core/config/config.hpp"
#include "core/issuer/issuer.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::app {

/// A remark for the operator on the settings of the issuer section.
struct issuer_notice {
    std::string_view event; // its name in the service log
    std::string_view text;
    bool is_warning = false;
};

/// nullopt when callers need a credential and one is configured.
[[nodiscard]] std::optional<issuer_notice> notice_on_issuer(const core::config& settings);

/// Logs the notice, if there is one.
void report_issuer(const core::config& settings, service_log& log);

/// The key set that issuer.jwt.jwks_url names.
struct fetched_keys {
    const core::key_set_feed* feed = nullptr; // null: no URL is set
    std::string place;                        // for messages
    std::shared_ptr<const std::string> text;  // null: not fetched yet
};

/// The gate for `settings`, which have been validated. Faults of files are added to `problems`; the
/// gate is usable only when there are none. Keys without a use are added to `skipped`, with the
/// reason.
[[nodiscard]] core::issuer_gate make_issuer_gate(const core::config& settings,
                                                 const fetched_keys& fetched,
                                                 std::vector<core::operator_problem>& problems,
                                                 std::vector<core::operator_problem>& skipped);

/// The same; throws std::runtime_error with all problems, and logs skipped keys.
[[nodiscard]] core::issuer_gate make_issuer_gate(const core::config& settings,
                                                 const fetched_keys& fetched, service_log& log);

} // namespace sluice::app
