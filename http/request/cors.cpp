#include "http/request/cors.hpp"

#include "core/text/ascii_case.hpp"
#include "core/text/trimmed.hpp"

#include <algorithm>
#include <utility>

namespace sluice::http {

namespace {

// Conditions and ranges; fields that a page's cache modes and reloads add; and the trace fields
// that monitoring libraries add to every request of a page (W3C Trace Context and Baggage, Sentry).
constexpr std::string_view usual_fields =
    "Authorization, Range, If-Range, If-Match, If-None-Match, If-Modified-Since, "
    "If-Unmodified-Since, Cache-Control, X-Request-Id, traceparent, tracestate, baggage, "
    "sentry-trace";

} // namespace

cors_policy::cors_policy(std::vector<std::string> allowed,
                         const std::vector<std::string>& more_fields)
    : allowed_(std::move(allowed)), fields_(usual_fields) {
    allows_all_ = std::erase(allowed_, "*") > 0;
    for (const auto& name : more_fields) {
        fields_.append(", ").append(name);
    }
    token_fields_ = fields_ + ", X-Api-Key";
}

std::string_view cors_policy::allow(std::string_view origin) const noexcept {
    if (allows_all_) {
        return "*";
    }
    const auto found = std::ranges::find(allowed_, origin);
    return found == allowed_.end() ? std::string_view{} : std::string_view(*found);
}

std::string_view find_origin(std::string_view bytes) noexcept {
    constexpr std::string_view name = "Origin:";
    std::string_view found;
    unsigned lines = 0;
    while (true) {
        const auto end = bytes.find("\r\n");
        if (end == bytes.npos) {
            return lines == 1 ? found : std::string_view{};
        }
        const auto line = bytes.substr(0, end);
        if (core::iequals(line.substr(0, name.size()), name)) {
            ++lines;
            found = core::trimmed(line.substr(name.size()));
        }
        bytes.remove_prefix(end + 2);
    }
}

bool cors_policy::names(std::string_view origin) const noexcept {
    return std::ranges::find(allowed_, origin) != allowed_.end();
}

} // namespace sluice::http
