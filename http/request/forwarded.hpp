#pragma once
// Who a request came from, when it came by proxies that the operator trusts: X-Forwarded-For,
// -Proto and -Host, or Forwarded (RFC 7239). Read from the right, which the nearest proxy wrote, to
// the left, which anybody may have written. Pure; the caller has made sure that the peer is
// trusted.

#include "core/address/ip_address.hpp"

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace sluice::http {

/// What the nearest proxies say. What they do not say, or not clearly, is empty.
struct forwarded_client {
    std::optional<core::ip_address> address; // of the last hop that is not one of ours
    std::string_view scheme;                 // "http" or "https"
    std::string_view host;                   // an authority as it was written: not checked yet
};

/// Hops that are looked at; a longer chain is not one of ours.
inline constexpr std::size_t max_forwarded_hops = 32;

/// `addresses`, `schemes` and `hosts` are the joined values of X-Forwarded-For, -Proto and -Host,
/// empty where there is none.
[[nodiscard]] forwarded_client read_x_forwarded(std::string_view addresses,
                                                std::string_view schemes, std::string_view hosts,
                                                std::span<const core::address_block> trusted);

/// `value` is the joined value of Forwarded. Nothing is believed of one that breaks the grammar. A
/// quoted value that needs unescaping is taken as not said.
[[nodiscard]] forwarded_client read_forwarded(std::string_view value,
                                              std::span<const core::address_block> trusted);

} // namespace sluice::http
