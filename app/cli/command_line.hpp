#pragma once
// Parses argv into a command, its settings and its options. It uses the table of commands and does
// not run them: app/run_command.hpp does. core::load_config() checks the values of settings later.
// Used by app/run_command and app/commands.

#include "app/cli/command_table.hpp"
#include "core/config/config_source.hpp"

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace sluice::app {

/// A parsed command line: an existing command, and only flags that this command has.
struct command_line {
    command what{};
    std::string config_file;                                 // --config; empty: not given
    std::vector<core::flag_setting> settings;                // --listen, --set and so on, in order
    std::map<std::string, std::string, std::less<>> options; // "--ttl" -> "900"; switches: ""
    std::vector<std::string> operands;

    [[nodiscard]] bool has(std::string_view flag) const { return options.contains(flag); }
    /// Empty when the flag is not given.
    [[nodiscard]] std::string_view option(std::string_view flag) const;
};

/// The fault of a command line, as a sentence without a full stop.
struct usage_error {
    std::string message;
};

/// Parses `arguments`, which are argv without the program's name. GNU style: --flag value and
/// --flag=value, flags and operands in any order, "--" ends the flags, "-" is an operand. A value
/// that starts with "--" must be written with "=", so that a forgotten value does not swallow the
/// next flag. --help (-h) anywhere before "--" asks for help on the command; --version (-V) stands
/// alone.
[[nodiscard]] std::variant<command_line, usage_error>
parse_command_line(std::span<const std::string> arguments);

} // namespace sluice::app
