#pragma once
// The texts of `sluice help`, made from the table of commands.

#include "app/cli/command_table.hpp"

#include <span>
#include <string>

namespace sluice::app {

/// All commands in one screen, and what to read next.
[[nodiscard]] std::string overview();

/// Usage, flags and a worked example of one command.
[[nodiscard]] std::string help_on_command(const command_row& row);

/// What `sluice help <topic...>` prints: the overview, one command, or every command of a group
/// such as "token". Empty when there is no such topic.
[[nodiscard]] std::string help_on_topic(std::span<const std::string> topic);

} // namespace sluice::app
