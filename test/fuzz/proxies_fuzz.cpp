// Fuzzes the information from proxies: PROXY headers and forwarding fields. A header parses the
// same at once and byte by byte; for a plain list of addresses, the client is the one that a
// reference reader of ten lines finds.
#include "http/connection/proxy_header.hpp"
#include "http/request/forwarded.hpp"
#include "test/fuzz/fuzz.hpp"

#include <algorithm>
#include <array>
#include <optional>

using namespace sluice;

namespace {

using status = http::proxy_reading::status;

void check_header(std::string_view text, core::proxy_protocol allowed) {
    const auto whole = http::read_proxy_header(text, allowed);
    if (whole.now == status::complete) {
        fuzz::require(whole.size <= text.size() && whole.size <= http::max_proxy_v2_size);
    }
    if (whole.now == status::need_more) {
        fuzz::require(whole.size > text.size());
    }
    for (std::size_t n = 0; n < std::min<std::size_t>(text.size(), 300); ++n) {
        const auto part = http::read_proxy_header(text.substr(0, n), allowed);
        // A prefix gives the same result as the whole, or is incomplete.
        fuzz::require(part.now == status::need_more || part.now == whole.now);
        if (part.now == status::complete) {
            fuzz::require(part.size == whole.size && part.client.address == whole.client.address &&
                          part.client.port == whole.client.port);
        }
    }
}

void check_scheme(const http::forwarded_client& client) {
    fuzz::require(client.scheme.empty() || client.scheme == "http" || client.scheme == "https");
}

/// The rightmost address that is not trusted, otherwise the leftmost. Skips lists that hold more
/// than bare addresses between ", ".
void check_address(std::string_view list, const http::forwarded_client& client,
                   std::span<const core::address_block> trusted) {
    std::optional<core::ip_address> expected;
    for (std::size_t hops = 0; hops < http::max_forwarded_hops; ++hops) {
        const auto comma = list.rfind(", ");
        const auto last = comma == list.npos ? list : list.substr(comma + 2);
        const auto address = core::parse_ip_address(last);
        if (!address) {
            return;
        }
        expected = address;
        if (comma == list.npos || !core::contains(trusted, *address)) {
            break;
        }
        list = list.substr(0, comma);
    }
    fuzz::require(client.address == expected);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const std::array trusted{*core::parse_address_block("10.0.0.0/8"),
                                    *core::parse_address_block("fd00::/8")};
    auto text = fuzz::text_of(data, size);
    for (const auto allowed :
         {core::proxy_protocol::v1, core::proxy_protocol::v2, core::proxy_protocol::any}) {
        check_header(text, allowed);
    }
    check_scheme(http::read_forwarded(text, trusted));
    const auto addresses = fuzz::next_line(text);
    const auto schemes = fuzz::next_line(text);
    const auto client = http::read_x_forwarded(addresses, schemes, text, trusted);
    check_scheme(client);
    check_address(addresses, client, trusted);
    return 0;
}
