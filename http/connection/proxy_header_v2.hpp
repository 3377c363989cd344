#pragma once
// Parser of version 2 of the PROXY protocol, the binary one. Used by
// http/connection/proxy_header.cpp only.

#include "http/connection/proxy_header.hpp"

#include <cstddef>
#include <string_view>

namespace sluice::http {

inline constexpr std::string_view proxy_v2_signature{"\r\n\r\n\0\r\nQUIT\n", 12};
/// Signature, command, family and length.
inline constexpr std::size_t proxy_v2_head = 16;

/// REQUIRES: `bytes` match the signature as far as they go.
[[nodiscard]] proxy_reading read_proxy_v2(std::string_view bytes);

} // namespace sluice::http
