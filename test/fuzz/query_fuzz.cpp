// Fuzzes queries: every accepted mint request holds valid identifiers and a bounded ttl.
#include "http/handlers/mint_request.hpp"
#include "test/fuzz/fuzz.hpp"

using namespace sluice;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto query = http::query_parameters::parse(fuzz::text_of(data, size));
    if (!query) {
        return 0;
    }
    const auto wanted = http::read_mint_request(*query);
    if (!wanted) {
        fuzz::require(!wanted.error().subject.empty());
        return 0;
    }
    fuzz::require(core::is_identifier(wanted->user_id));
    fuzz::require(core::is_file_name(wanted->media.filename()));
    fuzz::require(core::is_identifier(wanted->media.course_id()));
    fuzz::require(!wanted->ttl ||
                  (wanted->ttl->count() > 0 && wanted->ttl->count() < 10'000'000'000));
    return 0;
}
