// Fuzzes header sections: the parser gives the same result for the bytes at once and one by one,
// and an accepted head satisfies the rules of a strict server. At once, a head of the usual form is
// read by usual_head; one by one, every head is read by head_reader.
#include "http/request/request_parser.hpp"
#include "http/request/target.hpp"
#include "test/fuzz/fuzz.hpp"
#include "test/support/same_head.hpp"

#include <algorithm>

using namespace sluice;
using status = http::request_parser::status;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static constexpr http::header_limits limits{
        .header_bytes = 2000, .header_fields = 16, .target_bytes = 500};
    const std::span<const char> bytes(reinterpret_cast<const char*>(data), size); // NOLINT
    http::request_head head;
    http::request_parser parser(limits);
    const auto whole = parser.parse(bytes, head);
    if (whole == status::ready) {
        fuzz::require(parser.consumed() <= limits.header_bytes && parser.consumed() <= size);
        fuzz::require(head.fields.size() <= limits.header_fields);
        fuzz::require(head.version == 10 || (head.version == 11 && http::is_host(head.host)));
        fuzz::require(std::ranges::count(head.fields, http::bhttp::field::authorization,
                                         &http::field_line::id) <= 1);
    }
    http::request_head other;
    http::request_parser stepwise(limits);
    auto last = status::need_more;
    for (std::size_t n = 1; n <= size && last == status::need_more; ++n) {
        last = stepwise.parse(bytes.first(n), other);
    }
    // Byte by byte, a rejection may come earlier (a limit), but the kind of result is the same.
    fuzz::require(size == 0 || last == whole);
    if (size != 0 && whole == status::ready) {
        fuzz::require(parser.consumed() == stepwise.consumed());
        fuzz::require(test::is_same_head(head, other));
    }
    return 0;
}
