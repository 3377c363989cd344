#include "core/address/ip_address.hpp"

#include "core/text/decimal.hpp"

#include <arpa/inet.h>

#include <algorithm>

namespace sluice::core {

namespace {

constexpr std::array<std::uint8_t, 12> mapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};
constexpr unsigned mapped_bits = mapped.size() * 8;
constexpr unsigned peer_bits = 64;

/// `address` with every bit after the first `bits` cleared.
ip_address masked(ip_address address, unsigned bits) noexcept {
    for (unsigned i = 0; i < address.size(); ++i) {
        const auto kept = std::min(bits - std::min(bits, i * 8), 8U);
        address[i] = static_cast<std::uint8_t>(address[i] & (0xFF00U >> kept));
    }
    return address;
}

} // namespace

std::optional<ip_address> parse_ip_address(std::string_view text) {
    const std::string copy(
        text); // inet_pton needs a NUL at the end and must not stop at an earlier one
    ip_address address{};
    if (copy.find('\0') != std::string::npos) {
        return std::nullopt;
    }
    if (::inet_pton(AF_INET6, copy.c_str(), address.data()) == 1) {
        return address;
    }
    std::ranges::copy(mapped, address.begin());
    if (::inet_pton(AF_INET, copy.c_str(), address.data() + mapped.size()) == 1) {
        return address;
    }
    return std::nullopt;
}

bool is_ipv4(const ip_address& address) noexcept {
    return std::ranges::equal(mapped, std::span(address).first<mapped.size()>());
}

ip_address from_ipv4(std::span<const std::uint8_t, 4> bytes) noexcept {
    ip_address address{};
    std::ranges::copy(mapped, address.begin());
    std::ranges::copy(bytes, address.begin() + mapped.size());
    return address;
}

bool is_loopback(const ip_address& address) noexcept {
    constexpr ip_address v6_loopback{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};
    return address == v6_loopback || (is_ipv4(address) && address[mapped.size()] == 127);
}

std::string to_string(const ip_address& address) {
    std::array<char, INET6_ADDRSTRLEN> text{};
    const bool is_v4 = is_ipv4(address);
    ::inet_ntop(is_v4 ? AF_INET : AF_INET6, address.data() + (is_v4 ? mapped.size() : 0),
                text.data(), text.size());
    return text.data();
}

ip_address peer_of(const ip_address& address) noexcept {
    return is_ipv4(address) ? address : masked(address, peer_bits);
}

bool address_block::contains(const ip_address& address) const noexcept {
    return masked(address, prefix) == first;
}

std::optional<address_block> parse_address_block(std::string_view text) {
    const auto slash = text.find('/');
    const auto address = parse_ip_address(text.substr(0, slash));
    if (!address) {
        return std::nullopt;
    }
    address_block block{.first = *address};
    if (slash == std::string_view::npos) {
        return block;
    }
    const auto base = text.find(':') == std::string_view::npos ? mapped_bits : 0U;
    const auto bits = parse_decimal<unsigned>(text.substr(slash + 1));
    if (!bits || *bits > 128 - base) {
        return std::nullopt;
    }
    block.prefix = base + *bits;
    return block.contains(block.first) ? std::optional(block) : std::nullopt;
}

std::vector<address_block> address_blocks_of(std::span<const std::string> texts) {
    std::vector<address_block> blocks;
    for (const auto& text : texts) {
        if (const auto block = parse_address_block(text)) {
            blocks.push_back(*block);
        }
    }
    return blocks;
}

bool contains(std::span<const address_block> blocks, const ip_address& address) noexcept {
    return std::ranges::any_of(blocks, [&](const auto& one) { return one.contains(address); });
}

} // namespace sluice::core
