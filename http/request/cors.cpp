#include "http/request/cors.hpp"

#include <algorithm>
#include <utility>

namespace sluice::http {

cors_policy::cors_policy(std::vector<std::string> allowed) : allowed_(std::move(allowed)) {
    allows_all_ = std::erase(allowed_, "*") > 0;
}

std::string_view cors_policy::allow(std::string_view origin) const noexcept {
    if (allows_all_) {
        return "*";
    }
    const auto found = std::ranges::find(allowed_, origin);
    return found == allowed_.end() ? std::string_view{} : std::string_view(*found);
}

bool cors_policy::names(std::string_view origin) const noexcept {
    return std::ranges::find(allowed_, origin) != allowed_.end();
}

} // namespace sluice::http
