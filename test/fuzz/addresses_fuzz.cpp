// Fuzzes the addresses that operators and clients write: hosts and ports, CIDR blocks, origins,
// base URLs.
#include "core/address/host_port.hpp"
#include "core/address/ip_address.hpp"
#include "core/address/web_origin.hpp"
#include "http/request/target.hpp"
#include "test/fuzz/fuzz.hpp"

#include <algorithm>
#include <tuple>

using namespace sluice;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto text = fuzz::text_of(data, size);
    const bool is_visible = std::ranges::all_of(text, [](char c) { return c > ' ' && c <= '~'; });
    if (const auto address = core::parse_ip_address(text)) {
        fuzz::require(core::parse_address_block(text).has_value());
        fuzz::require(core::peer_of(core::peer_of(*address)) == core::peer_of(*address));
    }
    if (const auto block = core::parse_address_block(text)) {
        fuzz::require(block->prefix <= 128 && block->contains(block->first));
    }
    if (const auto listen = core::parse_host_port(text)) {
        fuzz::require(core::parse_ip_address(listen->address).has_value());
    }
    if (http::is_host(text)) {
        fuzz::require(is_visible && !text.empty());
        fuzz::require(text.find_first_of("/\\@?#%\",") == text.npos);
    }
    std::ignore = http::is_loopback_host(text);
    if (core::objection_to_origin(text).empty()) { // any scheme: apps have their own
        fuzz::require(is_visible && text.find("://") != text.npos);
    }
    if (core::objection_to_base_url(text).empty()) {
        fuzz::require(is_visible && (text.starts_with("http://") || text.starts_with("https://")));
    }
    return 0;
}
