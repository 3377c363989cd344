#include "core/download/download_plan.hpp"

#include "core/download/preconditions.hpp"

namespace sluice::core {

namespace {

using outcome = download_plan::outcome;

/// RFC 9110 §13.2.2 step 5, and §14.2: only GET has ranges; If-Range without Range means nothing.
[[nodiscard]] bool is_range_asked(const download_request& request, const representation& version,
                                  std::chrono::sys_seconds now) noexcept {
    return request.is_get && request.range && is_vouched_for(request, version) &&
           (!request.if_range || if_range_holds(*request.if_range, version, now));
}

[[nodiscard]] download_plan plan_range(std::string_view field_value,
                                       std::uint64_t file_size) noexcept {
    const auto fitted = resolve_range(field_value, file_size);
    switch (fitted.what) {
    case range_outcome::kind::ignored:
        break;
    case range_outcome::kind::satisfiable:
        return {fitted.slices.size() == 1 ? outcome::part : outcome::parts, fitted.slices};
    case range_outcome::kind::unsatisfiable:
        return {outcome::unsatisfiable, {}};
    }
    return {};
}

} // namespace

download_plan plan_download(const download_request& request, const representation& version,
                            std::chrono::sys_seconds now) noexcept {
    switch (evaluate_preconditions(request, version, now)) {
    case precondition_verdict::failed:
        return {outcome::precondition_failed, {}};
    case precondition_verdict::not_modified:
        return {outcome::not_modified, {}};
    case precondition_verdict::proceed:
        break;
    }
    return is_range_asked(request, version, now) ? plan_range(*request.range, version.size)
                                                 : download_plan{};
}

} // namespace sluice::core
