#include "core/objects/object_version.hpp"

#include "core/download/entity_tag.hpp"
#include "core/download/http_date.hpp"
#include "core/text/decimal.hpp"

namespace sluice::core {

std::optional<representation> describe_object(std::uint64_t size, std::string_view etag,
                                              std::string_view last_modified,
                                              std::chrono::sys_seconds now) {
    const auto tag = parse_entity_tag(etag);
    if (!tag || tag->is_weak) {
        return std::nullopt;
    }
    representation version;
    version.size = size;
    version.etag = etag;
    if (const auto date = parse_http_date(last_modified, now);
        date && *date > last_placeholder_mtime) {
        version.last_modified = *date;
        version.unmodified_since = *date;
        version.last_modified_text = format_http_date(*date);
    }
    return version;
}

std::optional<content_range> parse_content_range(std::string_view text) noexcept {
    constexpr std::string_view unit = "bytes ";
    if (!text.starts_with(unit)) {
        return std::nullopt;
    }
    text.remove_prefix(unit.size());
    const auto dash = text.find('-');
    const auto slash = text.find('/');
    if (dash == std::string_view::npos || slash == std::string_view::npos || slash < dash) {
        return std::nullopt;
    }
    const auto first = parse_decimal<std::uint64_t>(text.substr(0, dash));
    const auto last = parse_decimal<std::uint64_t>(text.substr(dash + 1, slash - dash - 1));
    const auto size = parse_decimal<std::uint64_t>(text.substr(slash + 1));
    if (!first || !last || !size || *first > *last || *last >= *size) {
        return std::nullopt;
    }
    return content_range{*first, *last, *size};
}

} // namespace sluice::core
