#pragma once
// IP addresses and blocks of them, as numbers. The lists of operators (proxies, peers without a
// cap) are compared with the kernel's addresses as numbers, never as text. IPv4 and IPv6 share one
// type, so that 192.0.2.1 and ::ffff:192.0.2.1 are the same peer. Resolves no names. Used by
// core/address, core/config, http/connection, http/exchange, http/request and
// app/service/front.cpp.

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::core {

/// Sixteen bytes in network order; an IPv4 address in its mapped form (RFC 4291 §2.5.5.2).
using ip_address = std::array<std::uint8_t, 16>;

/// Dotted IPv4 or IPv6 without brackets, zone or port; nullopt for anything else.
[[nodiscard]] std::optional<ip_address> parse_ip_address(std::string_view text);

/// True for an IPv4 address in its mapped form.
[[nodiscard]] bool is_ipv4(const ip_address& address) noexcept;

/// From the bytes of an IPv4 address in network order.
[[nodiscard]] ip_address from_ipv4(std::span<const std::uint8_t, 4> bytes) noexcept;

/// 127.0.0.0/8 and ::1.
[[nodiscard]] bool is_loopback(const ip_address& address) noexcept;

/// The form that parse_ip_address() reads; IPv4 dotted.
[[nodiscard]] std::string to_string(const ip_address& address);

/// The unit that counts as one peer: an IPv4 address, or the /64 of an IPv6 address, the smallest
/// block that is assigned to a customer.
[[nodiscard]] ip_address peer_of(const ip_address& address) noexcept;

/// A CIDR block (RFC 4632).
struct address_block {
    ip_address first{};
    unsigned prefix = 128; // of 128 bits; 96 plus the written prefix of an IPv4 block

    [[nodiscard]] bool contains(const ip_address& address) const noexcept;
};

/// "10.0.0.0/8", "fd00::/8", or an address alone. nullopt for anything else, also when a bit below
/// the prefix is set: 10.1.2.3/8 is usually a mistake.
[[nodiscard]] std::optional<address_block> parse_address_block(std::string_view text);

/// The blocks of `texts`. Invalid texts are skipped; core/config/config_validate.hpp has rejected
/// them.
[[nodiscard]] std::vector<address_block> address_blocks_of(std::span<const std::string> texts);

/// True when one of `blocks` holds `address`.
[[nodiscard]] bool contains(std::span<const address_block> blocks,
                            const ip_address& address) noexcept;

} // namespace sluice::core
