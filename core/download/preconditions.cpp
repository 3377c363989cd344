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

[[nodiscard]] std::optional<std::int64_t> date_of(std::optional<std::string_view> field_value,
                                                  sys_seconds now) noexcept {
    return field_value ? parse_http_date(*field_value, now) : std::nullopt;
}

/// Steps 1 and 2: checks that this is the version the client means.
[[nodiscard]] bool is_wanted_version(const download_request& request, const representation& version,
                                     sys_seconds now) noexcept {
    if (request.if_match) {
        return match_tag_list(*request.if_match, tag_of(version), tag_comparison::strong) ==
               tag_list_match::matched;
    }
    const auto date = date_of(request.if_unmodified_since, now);
    return !date || !version.is_dated() || version.unmodified_since <= *date;
}

/// Steps 3 and 4: checks whether the client already has this version.
[[nodiscard]] bool is_known_version(const download_request& request, const representation& version,
                                    sys_seconds now) noexcept {
    if (request.if_none_match) {
        return match_tag_list(*request.if_none_match, tag_of(version), tag_comparison::weak) ==
               tag_list_match::matched;
    }
    const auto date = date_of(request.if_modified_since, now);
    return date && version.gives_date() && version.unmodified_since <= *date;
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
    // The clock was set back: this is the date of a second that has not ended yet.
    const bool is_over = version.last_modified < now.time_since_epoch().count();
    return version.gives_date() && is_over && field_value == version.last_modified_text;
}

bool is_vouched_for(const download_request& request, const representation& version) noexcept {
    return request.if_match || !request.if_unmodified_since || version.gives_date();
}

} // namespace sluice::core
