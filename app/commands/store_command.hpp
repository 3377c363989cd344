#pragma once
// `sluice grant …`, `sluice revoke …` and `sluice store …`. They open the store of the settings and
// change it directly; a running service notices the change by itself. Used by app/run_command.

#include "app/cli/command_line.hpp"
#include "app/cli/terminal.hpp"
#include "core/access/access_store.hpp"
#include "core/config/config.hpp"

#include <chrono>
#include <iosfwd>

namespace sluice::app {

/// The input of a store command, apart from its arguments.
struct store_request {
    const core::config& settings;
    std::chrono::sys_seconds now;
    std::istream& operand; // the content of FILE, or standard input for "-": grant import
};

/// The dependencies of all store commands.
struct store_tools {
    const core::config& settings;
    core::access_store& store;
    std::chrono::sys_seconds now;
    std::istream& operand;
};

/// Runs any of these commands. Returns exit_failure, and prints the cause, when there is no store
/// or it cannot be used.
[[nodiscard]] int run_store_command(const command_line& line, const store_request& request,
                                    const terminal& streams);

/// grant add, remove, list and import.
[[nodiscard]] int run_grant_command(const command_line& line, const store_tools& with,
                                    const terminal& streams);

/// revoke token, user, key, list and lift.
[[nodiscard]] int run_revoke_command(const command_line& line, const store_tools& with,
                                     const terminal& streams);

/// Prints the cause of `fault`. Returns exit_failure.
[[nodiscard]] int report_fault(const core::store_fault& fault, const terminal& streams);

} // namespace sluice::app
