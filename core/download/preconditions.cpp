#include "core/download/preconditions.hpp"

#include "core/download/entity_tag.hpp"
#include "core/download/http_date.hpp"

#include <optional>

namespace sluice::core {

namespace {

using std::chrono::sys_seconds;

[[nodiscard]] entity_tag tag_of(const representation& version) noexcept {
    return {.is_weak = false, .opaque = version.etag};
}

/// The date to compare last_modified with; nullopt when the field has to be ignored.
[[nodiscard]] std::optional<std::int64_t> usable_date(std::optional<std::string_view> field_value,
                                                      const representation& version,
                                                      sys_seconds now) noexcept {
    return field_value && version.is_dated() ? parse_http_date(*field_value, now) : std::nullopt;
}

/// Steps 1 and 2: is it the version the client means?
[[nodiscard]] bool is_wanted_version(const download_request& request, const representation& version,
                                     sys_seconds now) noexcept {
    if (request.if_match) {
        return match_tag_list(*request.if_match, tag_of(version), tag_comparison::strong) ==
               tag_list_match::matched;
    }
    const auto date = usable_date(request.if_unmodified_since, version, now);
    return !date || version.last_modified <= *date;
}

/// Steps 3 and 4: does the client have it already?
[[nodiscard]] bool is_known_version(const download_request& request, const representation& version,
                                    sys_seconds now) noexcept {
    if (request.if_none_match) {
        return match_tag_list(*request.if_none_match, tag_of(version), tag_comparison::weak) ==
               tag_list_match::matched;
    }
    const auto date = usable_date(request.if_modified_since, version, now);
    return date && version.last_modified <= *date;
}

} // namespace

precondition_verdict evaluate_preconditions(const download_request& request,
                                            const representation& version,
                                            sys_seconds now) noexcept {
    if (!is_wanted_version(request, version, now)) {
        return precondition_verdict::failed;
    }
    return is_known_version(request, version, now) ? precondition_verdict::not_modified
                                                   : precondition_verdict::proceed;
}

bool if_range_holds(std::string_view field_value, const representation& version,
                    sys_seconds now) noexcept {
    if (const auto tag = parse_entity_tag(field_value)) {
        return is_same_tag(*tag, tag_of(version), tag_comparison::strong);
    }
    // A file written in the second that is still running may change again and keep its date.
    const bool is_over = version.last_modified < now.time_since_epoch().count();
    return version.is_dated() && is_over && field_value == version.last_modified_text;
}

} // namespace sluice::core
