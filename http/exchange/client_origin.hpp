#pragma once
// Finds the client of a request behind a proxy, its trace and its id: the fields X-Forwarded-* or
// Forwarded, traceparent and X-Request-Id of trusted proxies are used, those of any other peer are
// ignored (docs/security.md, threat 44). The PROXY protocol is not here:
// http/connection/proxy_header.hpp is. Used by http/connection/session_base.cpp.

#include "core/address/ip_address.hpp"
#include "core/config/config.hpp"
#include "http/exchange/peer_info.hpp"
#include "http/request/request_head.hpp"
#include "http/request/request_id.hpp"
#include "http/request/trace_parent.hpp"

#include <optional>
#include <vector>

namespace sluice::http {

struct exchange_record;
struct request;

/// The trusted proxies, and the fields they may set.
struct proxy_trust {
    std::vector<core::address_block> networks;
    bool trusts_unix = false;
    core::proxy_fields fields = core::proxy_fields::x_forwarded;

    [[nodiscard]] bool is_empty() const noexcept { return networks.empty() && !trusts_unix; }
};

[[nodiscard]] bool is_trusted(const proxy_trust& trust, const peer_info& peer) noexcept;

/// Takes the scheme, the host and, when one is named, the client from the fields of a trusted peer.
/// Returns true when the fields named a client: in.peer then points to in.client.
bool find_client(const proxy_trust& trust, request& in);

/// The traceparent of a trusted peer. Several count as none.
[[nodiscard]] std::optional<trace_parent> find_trace(const request_head& head);

/// The id that a trusted peer gives the request: a valid X-Request-Id, otherwise the id of its
/// trace.
[[nodiscard]] std::optional<request_id> find_request_id(const request_head& head,
                                                        const std::optional<trace_parent>& trace);

/// Takes over what a trusted peer says about a request: its client, its trace and its id. `id` is
/// the one that was made for the request: its number becomes the id of the span.
void believe_proxy(const proxy_trust& trust, request& in, exchange_record& record, request_id& id);

} // namespace sluice::http
