#include "app/process/descriptor_budget.hpp"

#include <sys/resource.h>

#include <algorithm>

namespace sluice::app {

namespace {

// Listeners, logs, event queues, directories being read.
constexpr std::uint64_t own_descriptors = 64;
constexpr std::uint64_t most_refusals = 256;

} // namespace

std::uint64_t raise_descriptor_limit() noexcept {
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) {
        return 1024; // cannot fail; the default limit of a shell
    }
    const auto before = limit.rlim_cur;
    limit.rlim_cur = limit.rlim_max;
    if (::setrlimit(RLIMIT_NOFILE, &limit) != 0) {
        limit.rlim_cur = before;
    }
    return limit.rlim_cur;
}

descriptor_budget share_descriptors(std::uint64_t descriptors, unsigned wanted,
                                    std::uint64_t cached_files) noexcept {
    const auto kept = std::min(descriptors / 2, own_descriptors + cached_files);
    const auto refusals = std::clamp<std::uint64_t>(descriptors / 8, 1, most_refusals);
    const auto left = descriptors - kept > refusals ? descriptors - kept - refusals : 1;
    return {.connections = static_cast<unsigned>(std::min<std::uint64_t>(left, wanted)),
            .refusals = static_cast<unsigned>(refusals)};
}

} // namespace sluice::app
