#include "http/connection/proxy_header_v2.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <span>

namespace sluice::http {

namespace {

using status = proxy_reading::status;
using byte_view = std::span<const std::uint8_t>;

constexpr std::size_t v4_addresses = 12;    // two addresses, two ports
constexpr std::size_t v6_addresses = 36;    // likewise
constexpr std::size_t unix_addresses = 216; // two paths

// Extensions that are read. For all others only the length is checked.
constexpr std::uint8_t type_crc32c = 0x03;
constexpr std::uint8_t type_ssl = 0x20;
constexpr std::uint8_t client_ssl = 0x01; // first byte of type_ssl: the client used TLS

unsigned big_endian(std::uint8_t high, std::uint8_t low) noexcept {
    return static_cast<unsigned>(high) << 8U | low;
}

/// One step of CRC-32C (RFC 4960, appendix B), bit by bit: a header is short and read once per
/// connection.
std::uint32_t crc32c(std::uint32_t crc, std::uint8_t byte) noexcept {
    crc ^= byte;
    for (int bit = 0; bit < 8; ++bit) {
        crc = (crc >> 1U) ^ ((crc & 1U) != 0 ? 0x82F63B78U : 0U);
    }
    return crc;
}

/// True when the checksum at `at` equals the checksum of `header` with those four bytes set to
/// zero.
bool has_good_checksum(byte_view header, std::size_t at) noexcept {
    std::uint32_t crc = 0xFFFFFFFFU;
    std::uint32_t said = 0;
    for (std::size_t i = 0; i < header.size(); ++i) {
        const bool is_sum = i >= at && i < at + 4;
        said = is_sum ? said << 8U | header[i] : said;
        crc = crc32c(crc, is_sum ? std::uint8_t{0} : header[i]);
    }
    return (crc ^ 0xFFFFFFFFU) == said;
}

/// Reads the extensions from `at` to the end; false when they do not fill the header exactly.
bool read_extensions(byte_view header, std::size_t at, proxied_client& client) noexcept {
    while (at < header.size()) {
        if (header.size() - at < 3) {
            return false;
        }
        const auto type = header[at];
        const std::size_t size = big_endian(header[at + 1], header[at + 2]);
        at += 3;
        if (header.size() - at < size) {
            return false;
        }
        if (type == type_crc32c && (size != 4 || !has_good_checksum(header, at))) {
            return false;
        }
        if (type == type_ssl) {
            if (size < 5) {
                return false;
            }
            client.is_secure = (header[at] & client_ssl) != 0;
        }
        at += size;
    }
    return true;
}

/// Size in bytes of the addresses of a family and protocol; nullopt for datagrams and unknown
/// values.
std::optional<std::size_t> addresses_of(std::uint8_t family) noexcept {
    switch (family) {
    case 0x00:
        return 0;
    case 0x11:
        return v4_addresses;
    case 0x21:
        return v6_addresses;
    case 0x31:
        return unix_addresses;
    default:
        return std::nullopt;
    }
}

void read_source(byte_view at, std::size_t addresses, proxied_client& client) noexcept {
    client.is_known = addresses != 0;
    client.is_unix = addresses == unix_addresses;
    if (addresses == v4_addresses) {
        client.address = core::from_ipv4(at.first<4>());
        client.port = static_cast<std::uint16_t>(big_endian(at[8], at[9]));
    } else if (addresses == v6_addresses) {
        std::ranges::copy(at.first<16>(), client.address.begin());
        client.port = static_cast<std::uint16_t>(big_endian(at[32], at[33]));
    }
}

} // namespace

proxy_reading read_proxy_v2(std::string_view bytes) {
    if (bytes.size() < proxy_v2_head) {
        return {.now = status::need_more, .size = proxy_v2_head};
    }
    const byte_view all{reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()};
    const auto size = proxy_v2_head + big_endian(all[14], all[15]);
    const auto command = all[12];
    const bool is_local = command == 0x20;
    if ((!is_local && command != 0x21) || size > max_proxy_v2_size) {
        return {.now = status::malformed};
    }
    const auto addresses = is_local ? 0 : addresses_of(all[13]);
    if (!addresses || size < proxy_v2_head + *addresses) {
        return {.now = status::malformed};
    }
    if (all.size() < size) {
        return {.now = status::need_more, .size = size};
    }
    const auto header = all.first(size);
    proxied_client client;
    if (is_local) { // a health check of the balancer: the rest of the header is ignored
        return {.now = status::complete, .size = size, .client = client};
    }
    read_source(header.subspan(proxy_v2_head), *addresses, client);
    // Unspecified addresses may have any length, so the position of the extensions is unknown.
    if (*addresses != 0 && !read_extensions(header, proxy_v2_head + *addresses, client)) {
        return {.now = status::malformed};
    }
    return {.now = status::complete, .size = size, .client = client};
}

} // namespace sluice::http
