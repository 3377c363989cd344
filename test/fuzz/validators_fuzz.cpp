// Fuzzes dates and entity tags: a parsed value can be written and parsed again, and a tag equals
// itself.
#include "core/download/entity_tag.hpp"
#include "core/download/http_date.hpp"
#include "test/fuzz/fuzz.hpp"

using namespace sluice;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto text = fuzz::text_of(data, size);
    const std::chrono::sys_seconds now(std::chrono::seconds(1'700'000'000));
    if (const auto instant = core::parse_http_date(text, now)) {
        const auto written = core::format_http_date(*instant);
        // 9999-12-31 23:59:60 is the first instant of the year 10000, which the form cannot write.
        constexpr std::int64_t year_10000 = 253'402'300'800;
        fuzz::require(*instant == year_10000 || core::parse_http_date(written, now) == instant);
    }
    const core::entity_tag current{.is_weak = false, .opaque = "\"a-1\""};
    const auto strongly = core::match_tag_list(text, current, core::tag_comparison::strong);
    const auto weakly = core::match_tag_list(text, current, core::tag_comparison::weak);
    using match = core::tag_list_match;
    fuzz::require((strongly == match::malformed) == (weakly == match::malformed));
    fuzz::require(strongly != match::matched || weakly == match::matched);
    if (const auto tag = core::parse_entity_tag(text)) {
        fuzz::require(tag->opaque.size() >= 2 && tag->opaque.starts_with('"') &&
                      tag->opaque.ends_with('"'));
        fuzz::require(core::match_tag_list(text, *tag, core::tag_comparison::weak) ==
                      match::matched);
        fuzz::require((core::match_tag_list(text, *tag, core::tag_comparison::strong) ==
                       match::matched) != tag->is_weak);
    }
    return 0;
}
