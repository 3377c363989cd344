#pragma once
// Writes the completion scripts of shells from the table of commands and the table of settings, so
// that they never differ from the help. Used by app/run_command.

#include <string>
#include <string_view>

namespace sluice::app {

/// The script for "bash", "zsh" or "fish"; empty for another name.
[[nodiscard]] std::string completion_script(std::string_view shell);

} // namespace sluice::app
