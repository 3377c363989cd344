#pragma once
// Addresses of peers and blocks of them, as numbers: what operators list (proxies, peers that no
// cap holds for) is compared with what the kernel says, never with text. IPv4 and IPv6 are one kind
// here, so that 192.0.2.1 and ::ffff:192.0.2.1 are the same peer.

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

/// What counts as one peer: an IPv4 address, or the /64 that an IPv6 address lies in, which is the
/// least that anybody is given.
[[nodiscard]] ip_address peer_of(const ip_address& address) noexcept;

/// A CIDR block (RFC 4632).
struct address_block {
    ip_address first{};
    unsigned prefix = 128; // of 128 bits; 96 more than what is written after an IPv4 address

    [[nodiscard]] bool contains(const ip_address& address) const noexcept;
};

/// "10.0.0.0/8", "fd00::/8", or an address alone. nullopt when it is none, or when a bit below the
/// prefix is set: 10.1.2.3/8 is a slip more often than a habit.
[[nodiscard]] std::optional<address_block> parse_address_block(std::string_view text);

/// The blocks of `texts`; what is none is left out (core/config/config_validate.hpp has refused
/// it).
[[nodiscard]] std::vector<address_block> address_blocks_of(std::span<const std::string> texts);

/// True when one of `blocks` holds `address`.
[[nodiscard]] bool contains(std::span<const address_block> blocks,
                            const ip_address& address) noexcept;

} // namespace sluice::core
