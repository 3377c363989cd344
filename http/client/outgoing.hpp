#pragma once
// A request to another server, and the bounds of its call. It is a value; http/client/client sends
// it. Used by http/client and its callers.

#include "core/address/http_url.hpp"
#include "http/loop/asio.hpp"

#include <chrono>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace sluice::http {

/// The bounds of one call; all are finite.
struct call_limits {
    std::chrono::milliseconds connect{5000};     // name, addresses and handshake together
    std::chrono::milliseconds first_byte{10000}; // from the request to the end of the head
    std::chrono::milliseconds stall{10000};      // for each read of content
    std::uint32_t head_bytes = 16384;
};

struct outgoing {
    core::http_url to; // `to.target` is sent as it is
    bhttp::verb method = bhttp::verb::get;
    /// In this order. Host, Content-Length and Connection are added and must not be among them. A
    /// value with a control character makes the call fail with call_fault::malformed.
    std::vector<std::pair<std::string, std::string>> fields{};
    std::string content{}; // sent with its length; empty: none, and no length unless for POST, PUT
    call_limits limits{};
};

/// The whole request as it is sent.
[[nodiscard]] std::string text_of(const outgoing& what);
/// True when every part of `what` can be sent without changing the framing.
[[nodiscard]] bool is_well_formed(const outgoing& what);
/// True when sending the request twice has the effect of sending it once (RFC 9110 §9.2.2).
[[nodiscard]] bool is_idempotent(bhttp::verb method) noexcept;

} // namespace sluice::http
