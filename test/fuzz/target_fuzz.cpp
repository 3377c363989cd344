// Fuzzes targets and paths: an accepted target decodes to plain segments, and encodes back to the
// same bytes.
#include "core/text/percent.hpp"
#include "http/request/target.hpp"
#include "test/fuzz/fuzz.hpp"

using namespace sluice;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto parts = http::split_target(fuzz::text_of(data, size));
    if (!parts || parts->path == "*") {
        return 0;
    }
    fuzz::require(parts->path.starts_with('/'));
    fuzz::require(!parts->authority || http::is_host(*parts->authority));
    http::path_segments segments;
    if (!segments.parse(parts->path)) {
        return 0;
    }
    std::string again;
    for (const auto& segment : segments.view()) {
        fuzz::require(!segment.empty() && segment != "." && segment != "..");
        fuzz::require(segment.find_first_of(std::string_view("/\\\0\r\n", 5)) == std::string::npos);
        again += '/';
        core::append_percent_encoded(segment, again);
    }
    http::path_segments twice;
    if (again.empty()) {
        again = "/";
    }
    fuzz::require(twice.parse(again)); // its segments may be views into it
    for (std::size_t i = 0; i < segments.view().size(); ++i) {
        fuzz::require(segments.view()[i] == twice.view()[i]);
    }
    return 0;
}
