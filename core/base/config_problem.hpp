#pragma once
// What is wrong with a configuration or a key file, for the operator who wrote it.

#include <cstdint>
#include <string>

namespace sluice::core {

/// One fault: where it was written and what to do about it. Neither part carries a value.
struct config_problem {
    std::string
        where; // "sluice.json: limits.idle_timeout", "environment SLUICE_THREADS", "--threads"
    std::string what; // a clause without a full stop

    friend bool operator==(const config_problem&, const config_problem&) = default;
};

/// What the configuration is for: a tool works without media, the gateway does not.
enum class config_use : std::uint8_t { tool, serve };

} // namespace sluice::core
