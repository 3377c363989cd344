#pragma once
// `sluice grant …`, `sluice revoke …` and `sluice store …`: opens the store of the settings and
// works on it directly; a running service sees the change by itself.

#include "app/cli/command_line.hpp"
#include "app/cli/terminal.hpp"
#include "core/access/access_store.hpp"
#include "core/config/config.hpp"

#include <chrono>

namespace sluice::app {

/// What every one of them works with.
struct store_tools {
    const core::config& settings;
    core::access_store& store;
    std::chrono::sys_seconds now;
};

/// Any of them. exit_failure with the cause when there is no store, or it cannot be used.
[[nodiscard]] int run_store_command(const command_line& line, const core::config& settings,
                                    std::chrono::sys_seconds now, const terminal& streams);

/// grant add, remove, list and import.
[[nodiscard]] int run_grant_command(const command_line& line, const store_tools& with,
                                    const terminal& streams);

/// revoke token, user, key, list and lift.
[[nodiscard]] int run_revoke_command(const command_line& line, const store_tools& with,
                                     const terminal& streams);

/// exit_failure, and the cause of `fault` for people.
[[nodiscard]] int report_fault(const core::store_fault& fault, const terminal& streams);

} // namespace sluice::app
