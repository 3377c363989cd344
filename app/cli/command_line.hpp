#pragma once
// argv, parsed: which command, with which settings and options. Knows the table of commands, not
// what they do (app/run_command.hpp). Values of settings are judged later, by core::load_config().

#include "app/cli/command_table.hpp"
#include "core/config/config_source.hpp"

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace sluice::app {

/// A command line that names an existing command and only flags it has.
struct command_line {
    command what{};
    std::string config_file;                                 // --config; empty: not given
    std::vector<core::flag_setting> settings;                // --listen, --set and so on, in order
    std::map<std::string, std::string, std::less<>> options; // "--ttl" -> "900"; switches: ""
    std::vector<std::string> operands;

    [[nodiscard]] bool has(std::string_view flag) const { return options.contains(flag); }
    /// Empty when not given.
    [[nodiscard]] std::string_view option(std::string_view flag) const;
};

/// What is wrong with a command line, as a sentence without a full stop.
struct usage_error {
    std::string message;
};

/// `arguments` is argv without the program's name. GNU style: --flag value and --flag=value, flags
/// and operands in any order, "--" ends the flags, "-" is an operand. A value that starts with "--"
/// must be written with "=", so that a forgotten value does not swallow the next flag. --help (-h)
/// anywhere before "--" asks for help on the command; --version (-V) stands alone.
[[nodiscard]] std::variant<command_line, usage_error>
parse_command_line(std::span<const std::string> arguments);

} // namespace sluice::app
