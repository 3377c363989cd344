#pragma once
// The checks of the machine before a start: files, directories, addresses, the store. `sluice
// serve` runs them before it acquires anything, and `sluice config check` prints their results, so
// that both report the same faults, all at once. The checks of the settings
// (core/config/config_validate) and of signing keys (core/token/key_file) are not here; they run
// first. Used by app/start/serve and app/commands/config_command.

#include "core/base/operator_problem.hpp"
#include "core/config/config.hpp"

#include <chrono>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace sluice::app {

/// The effect of a fault on `sluice serve`.
enum class start_effect : std::uint8_t {
    stops,   // it does not start
    impairs, // it starts, but does not become ready
    warns,   // it starts; the operator may not have intended this
};

/// One fault that a check has found.
struct start_fault {
    core::operator_problem problem;
    start_effect effect;
};

/// One check. It changes nothing: no file is created, no address is taken.
struct start_check {
    std::string_view name; // as in the table of docs/operations.md
    void (*run)(const core::config& settings, std::chrono::sys_seconds now,
                std::vector<start_fault>& out);
};

/// All checks, in the order of the report.
[[nodiscard]] std::span<const start_check> start_checks() noexcept;

/// Runs all checks. `settings` have been validated.
[[nodiscard]] std::vector<start_fault> check_start(const core::config& settings,
                                                   std::chrono::sys_seconds now);

/// Throws std::runtime_error if a fault stops the start; the text has one line for each.
void require_start(const core::config& settings, std::chrono::sys_seconds now);

} // namespace sluice::app
