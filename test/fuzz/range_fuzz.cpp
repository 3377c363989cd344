// Fuzzes Range fields against files of several sizes: slices lie within the file and are never
// empty.
#include "core/download/byte_range.hpp"
#include "test/fuzz/fuzz.hpp"

using namespace sluice;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    for (const std::uint64_t length : {0ULL, 1ULL, 1000ULL, ~0ULL}) {
        const auto outcome = core::resolve_range(fuzz::text_of(data, size), length);
        const auto slices = outcome.slices.view();
        if (outcome.what == core::range_outcome::kind::satisfiable) {
            fuzz::require(!slices.empty() && slices.size() <= core::max_ranges);
        }
        for (const auto& slice : slices) {
            fuzz::require(slice.length > 0 && slice.first < length &&
                          slice.length <= length - slice.first);
        }
    }
    return 0;
}
