#pragma once
// Handler of GET /download2/...: checks the credential, the token and its binding, opens the file,
// plans and starts the response (docs/api.md §2). One object per kind of media. Does not verify
// tokens or parse ranges itself: core does. Used by app/service/routes.hpp.

#include "core/download/download_plan.hpp"
#include "core/token/token_service.hpp"
#include "http/exchange/bad_credentials.hpp"
#include "http/exchange/exchange.hpp"
#include "http/handlers/open_file.hpp"
#include "http/sending/user_transfers.hpp"

#include <chrono>
#include <cstdint>
#include <memory>

namespace sluice::http {

class download_handler final : public handler {
  public:
    /// Limits per user and connection; 0: no limit.
    struct limits {
        std::uint64_t connection_rate = 0;      // bytes per second
        std::uint64_t user_rate = 0;            // likewise, on this node
        std::uint32_t user_downloads = 0;       // at once, on this node
        std::chrono::seconds takeover_after{3}; // user_transfers::wish
        std::chrono::seconds patience{5};       // how long a request waits for a place
    };
    struct context {
        const core::token_service& tokens;
        media_access media;
        bool has_store; // true: downloads get 503 until revocations are loaded
        limits most;
        const bad_credentials& bad;
        user_transfers& users;
    };

    download_handler(core::media_kind kind, const context& with) noexcept
        : kind_(kind), with_(with) {}

    void handle(request& in, reply& out) const override;

  private:
    [[nodiscard]] core::result<void> authorise(const core::media_id& media, request& in,
                                               reply& out) const;
    [[nodiscard]] core::result<void> check_revocation(const request& in, reply& out) const;

    /// Once the file is there. When the user has too many downloads, the request waits for a place
    /// and comes back here.
    void send(const file_result& file, request& in, reply& out, bool has_waited = false) const;
    [[nodiscard]] bool admit(const request& in, const core::download_plan& plan,
                             std::unique_ptr<pace>& speed) const;
    [[nodiscard]] user_transfers::wish wish_of(const request& in,
                                               const core::download_plan& plan) const;
    void await_place(const file_result& file, const user_transfers::wish& wanted, reply& out) const;

    core::media_kind kind_;
    context with_;
};

} // namespace sluice::http
