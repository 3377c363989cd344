#pragma once
// Whose request it is when a proxy brings it: what trusted proxies write into X-Forwarded-* or
// Forwarded, and what everybody else writes there being worth nothing (docs/security.md, threat
// 44).

#include "core/address/ip_address.hpp"
#include "core/config/config.hpp"
#include "http/exchange/peer_info.hpp"
#include "http/request/request_head.hpp"
#include "http/request/request_id.hpp"

#include <optional>
#include <vector>

namespace sluice::http {

struct request;

/// Who is believed, and in which fields.
struct proxy_trust {
    std::vector<core::address_block> networks;
    bool trusts_unix = false;
    core::proxy_fields fields = core::proxy_fields::x_forwarded;

    [[nodiscard]] bool is_empty() const noexcept { return networks.empty() && !trusts_unix; }
};

[[nodiscard]] bool is_trusted(const proxy_trust& trust, const peer_info& peer) noexcept;

/// Takes scheme, host and, where one is named, the client from the fields of a trusted peer: true
/// when in.client is now whom in.peer points to.
bool find_client(const proxy_trust& trust, request& in);

/// What a trusted peer calls the request: a good X-Request-Id, else the trace of a traceparent.
[[nodiscard]] std::optional<request_id> find_request_id(const request_head& head);

} // namespace sluice::http
