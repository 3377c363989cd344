#pragma once
// Handler of GET /api/get-download-token/v2: checks the caller, the parameters, the entitlement and
// the file, then issues the token (docs/api.md §1). Not the checks themselves: core makes them.
// Used by app/service/routes.hpp.

#include "core/base/clock.hpp"
#include "core/issuer/issuer.hpp"
#include "core/issuer/ownership.hpp"
#include "core/token/token_service.hpp"
#include "http/exchange/bad_credentials.hpp"
#include "http/exchange/exchange.hpp"
#include "http/exchange/work_pool.hpp"
#include "http/handlers/mint_audit.hpp"
#include "http/handlers/mint_request.hpp"
#include "http/handlers/open_file.hpp"
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
        media_access media;
        const core::token_service& tokens;
        const cors_policy& cors;
        work_pool* waiting; // runs entitlement checks that need a store; null: none do
        const core::ownership& owners;
        const core::clock& clock;
        const bad_credentials& bad;
        log_sink* audit; // null: no audit log
    };

    /// `public_base_url` is empty or scheme://host[:port][/prefix].
    token_handler(services with, std::string public_base_url)
        : with_(with), public_base_url_(std::move(public_base_url)) {}

    void handle(request& in, reply& out) const override;

  private:
    /// A request with an authenticated caller and valid parameters.
    struct order {
        const core::grantor& by;
        const mint_request& wanted;
        std::string_view trainer; // from core::ownership, before any check
    };

    /// Makes all checks that need no store.
    [[nodiscard]] core::entitlement_answer judge(const order& what,
                                                 std::chrono::sys_seconds now) const;
    /// Asks the store and, after its reply, continues with issue(). A ban made during the wait
    /// applies.
    void ask(std::function<core::result<core::permission>(std::string_view)> question,
             const order& what, const request& in, reply& out) const;
    /// Finds the file and issues the token. A ban that comes while the file is opened counts.
    void issue(const order& what, const core::permission& allowed, request& in, reply& out) const;
    /// Issues the token within `allowed`. Refuses when the permission ended during the wait.
    /// REQUIRES: in.press->url_path is the path of the media.
    void issue(const order& what, const core::permission& allowed, const file_result& file,
               request& in, reply& out) const;
    [[nodiscard]] static std::string_view owner_of(const order& what);
    /// Responds with the token and the URL of `path`.
    void answer(const core::issued_token& issued, std::string_view path, request& in,
                reply& out) const;
    /// Responds with the error and writes the audit line.
    void refuse(core::failure why, const core::grantor* by, const mint_request* wanted,
                const request& in, reply& out) const;
    void audit(audit_entry entry, const core::grantor* by, const request& in, reply& out) const;
    [[nodiscard]] core::mint_caller describe_caller(const request& in) const;
    void append_url(const request& in, std::string_view path, std::string& out) const;

    services with_;
    std::string public_base_url_;
};

} // namespace sluice::http
