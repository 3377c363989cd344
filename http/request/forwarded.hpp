#pragma once
// Reads the client of a request from the fields of trusted proxies: X-Forwarded-For, -Proto and
// -Host, or Forwarded (RFC 7239). The lists are read from the right, where the nearest proxy wrote,
// to the left, where any client may have written. Pure functions. The decision whether the peer is
// trusted is not here: the caller has made it. Used by http/exchange/client_origin.cpp.

#include "core/address/ip_address.hpp"

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace sluice::http {

/// The client as the nearest proxies name it. A part that they omit or state ambiguously is empty.
struct forwarded_client {
    std::optional<core::ip_address> address; // of the last hop that is not trusted
    std::string_view scheme;                 // "http" or "https"
    std::string_view host;                   // an authority as written, not checked
};

/// Maximum number of hops that are read; a longer chain does not come from trusted proxies.
inline constexpr std::size_t max_forwarded_hops = 32;

/// `addresses`, `schemes` and `hosts` are the joined values of X-Forwarded-For, -Proto and -Host,
/// empty when absent.
[[nodiscard]] forwarded_client read_x_forwarded(std::string_view addresses,
                                                std::string_view schemes, std::string_view hosts,
                                                std::span<const core::address_block> trusted);

/// `value` is the joined value of Forwarded. A value that violates the grammar is ignored as a
/// whole. A quoted value that needs unescaping counts as absent.
[[nodiscard]] forwarded_client read_forwarded(std::string_view value,
                                              std::span<const core::address_block> trusted);

} // namespace sluice::http
