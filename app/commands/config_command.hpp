#pragma once
// `sluice config check` and `sluice config print`. Used by app/run_command; `report` also by
// app/commands/key_command.

#include "app/cli/command_line.hpp"
#include "app/cli/terminal.hpp"
#include "core/config/config_source.hpp"
#include "core/token/key_file.hpp"

#include <chrono>
#include <vector>

namespace sluice::app {

/// Writes one line for each problem to the error stream: "sluice.json: threads: must be ...".
void report(const std::vector<core::operator_problem>& problems, const terminal& streams);

/// The input of `config check`.
struct config_to_check {
    const core::loaded_config& loaded;
    const core::key_loading& keys;
    std::chrono::sys_seconds now;
};

/// Reports every problem of settings, keys and machine, or prints "ok" with warnings and notes;
/// with
/// --json, one object. Returns exit_success only when `sluice serve` would start and become ready.
[[nodiscard]] int check_config(const command_line& line, const config_to_check& what,
                               const terminal& streams);

/// Prints the settings as a configuration file, or with --sources each with the place that set it.
/// If they have problems, reports those instead.
[[nodiscard]] int print_config(const command_line& line, const core::loaded_config& loaded,
                               const terminal& streams);

/// Prints the table of all settings.
[[nodiscard]] int print_settings_table(const terminal& streams);

} // namespace sluice::app
