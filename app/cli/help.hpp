#pragma once
// Formats the texts of `sluice help` from the table of commands. Used by app/run_command.

#include "app/cli/command_table.hpp"

#include <span>
#include <string>

namespace sluice::app {

/// All commands on one screen, and where to read more.
[[nodiscard]] std::string overview();

/// Usage, flags and a worked example of one command.
[[nodiscard]] std::string help_on_command(const command_row& row);

/// The text of `sluice help <topic...>`: the overview, one command, or every command of a group
/// such as "token". Empty when there is no such topic.
[[nodiscard]] std::string help_on_topic(std::span<const std::string> topic);

} // namespace sluice::app
