#pragma once
// GET /api/get-download-token/v2: gate, parameters, entitlement, existence, token (contract §1).

#include "core/issuer.hpp"
#include "core/media_library.hpp"
#include "core/token_service.hpp"
#include "http/cors.hpp"
#include "http/exchange.hpp"
#include "http/mint_request.hpp"
#include "http/work_pool.hpp"

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
    };

    /// `public_base_url` is empty or scheme://host[:port][/prefix].
    token_handler(services with, std::string public_base_url)
        : with_(with), public_base_url_(std::move(public_base_url)) {}

    void handle(request& in, reply& out) const override;

  private:
    /// Asks the store, and goes on with issue() when it has answered.
    void ask(std::function<core::result<void>()> question, const request& in, reply& out) const;
    void issue(const mint_request& wanted, request& in, reply& out) const;
    [[nodiscard]] core::mint_caller describe_caller(const request& in) const;
    void append_url(const request& in, std::string_view path, std::string& out) const;

    services with_;
    std::string public_base_url_;
};

} // namespace sluice::http
