#pragma once
// GET /api/get-download-token/v2: gate, parameters, entitlement, existence, token (docs/api.md §1).

#include "core/base/clock.hpp"
#include "core/issuer/issuer.hpp"
#include "core/issuer/ownership.hpp"
#include "core/media/media_library.hpp"
#include "core/token/token_service.hpp"
#include "http/exchange/bad_credentials.hpp"
#include "http/exchange/exchange.hpp"
#include "http/exchange/work_pool.hpp"
#include "http/handlers/mint_audit.hpp"
#include "http/handlers/mint_request.hpp"
#include "http/request/cors.hpp"

#include <functional>
#include <string>
#include <string_view>

namespace sluice::http {

class token_handler final : public handler {
  public:
    struct services {
        const core::issuer_gate& gate;
        const core::entitlements& entitlement;
        const core::media_library& library;
        const core::token_service& tokens;
        const cors_policy& cors;
        work_pool* waiting; // where entitlements that must ask a store are asked; null: none must
        const core::ownership& owners;
        const core::clock& clock;
        const bad_credentials& bad;
        log_sink* audit; // null: none is kept
    };

    /// `public_base_url` is empty or scheme://host[:port][/prefix].
    token_handler(services with, std::string public_base_url)
        : with_(with), public_base_url_(std::move(public_base_url)) {}

    void handle(request& in, reply& out) const override;

  private:
    /// A request whose caller is known and which has been understood.
    struct order {
        const core::grantor& by;
        const mint_request& wanted;
        std::string_view trainer; // as core::ownership knows him, before anything was judged
    };

    /// Judges the order as far as nothing has to be asked elsewhere.
    [[nodiscard]] core::entitlement_answer judge(const order& what,
                                                 std::chrono::sys_seconds now) const;
    /// Asks the store, and goes on with issue() when it has answered. A ban that came meanwhile
    /// holds.
    void ask(std::function<core::result<core::permission>()> question, const order& what,
             const request& in, reply& out) const;
    /// Issues what `allowed` still allows: an end that came during a wait refuses.
    void issue(const order& what, const core::permission& allowed, request& in, reply& out) const;
    /// Answers and audits.
    void refuse(core::failure why, const core::grantor* by, const mint_request* wanted,
                const request& in, reply& out) const;
    void audit(audit_entry entry, const core::grantor* by, const request& in, reply& out) const;
    [[nodiscard]] core::mint_caller describe_caller(const request& in) const;
    void append_url(const request& in, std::string_view path, std::string& out) const;

    services with_;
    std::string public_base_url_;
};

} // namespace sluice::http
