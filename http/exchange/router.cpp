#include "http/exchange/router.hpp"

#include <algorithm>

namespace sluice::http {

namespace {

constexpr std::string_view any_segment{}; // no segment of a path is empty

std::vector<std::string_view> split(std::string_view pattern) {
    std::vector<std::string_view> parts;
    if (pattern == "/") {
        return parts; // the path "/" has no segments
    }
    while (!pattern.empty()) {
        pattern.remove_prefix(1); // the '/'
        const auto end = std::min(pattern.find('/'), pattern.size());
        const auto part = pattern.substr(0, end);
        parts.push_back(part == "*" ? any_segment : part);
        pattern.remove_prefix(end);
    }
    return parts;
}

} // namespace

router::router(std::span<const route> table) {
    for (const auto& target : table) {
        rows_.push_back({.pattern = split(target.pattern), .target = target});
    }
}

const route* router::find(std::span<const std::string_view> segments) const noexcept {
    const auto fits = [&](const row& candidate) {
        return std::ranges::equal(candidate.pattern, segments,
                                  [](std::string_view wanted, std::string_view segment) {
                                      return wanted.empty() || wanted == segment;
                                  });
    };
    const auto found = std::ranges::find_if(rows_, fits);
    return found == rows_.end() ? nullptr : &found->target;
}

} // namespace sluice::http
