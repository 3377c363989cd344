#pragma once
// The commands of `sluice` and their flags, as data. The parser (app/cli/command_line.hpp) and the
// help (app/cli/help.hpp) both read this table, so that they agree. Does not run the commands:
// app/run_command does. Used within app/cli.

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace sluice::app {

enum class command : std::uint8_t {
    serve,
    status,
    top,
    token_issue,
    token_inspect,
    token_verify,
    token_why,
    grant_add,
    grant_remove,
    grant_list,
    grant_import,
    revoke_token,
    revoke_user,
    revoke_key,
    revoke_list,
    revoke_lift,
    key_new,
    key_rotate,
    key_retire,
    key_list,
    store_migrate,
    store_check,
    config_check,
    config_print,
    completion,
    version,
    help,
};

/// One flag. All text is static.
struct flag_row {
    std::string_view name;    // "--listen"
    std::string_view value;   // placeholder of its value in the help; empty: a switch
    std::string_view setting; // the setting it sets; empty: an option of the command
    std::string_view help;
    std::string_view gives{}; // the value that a switch gives to `setting`
};

/// The flag that sets any setting and can be repeated: "--set limits.connections=100".
inline constexpr std::string_view set_flag = "--set";
/// The path of the configuration file.
inline constexpr std::string_view config_flag = "--config";

/// One command.
struct command_row {
    command what{};
    std::string_view name; // "token issue"
    std::string_view summary;
    std::string_view operand; // its placeholder in the help; empty: none
    std::size_t min_operands = 0;
    std::size_t max_operands = 0;
    std::array<std::span<const flag_row>, 3> flags; // groups, some of them shared
    std::string_view example;
};

[[nodiscard]] std::span<const command_row> commands() noexcept;

/// The row of the command `what`.
[[nodiscard]] const command_row& row_of(command what) noexcept;

/// nullptr when `row` has no flag of this name.
[[nodiscard]] const flag_row* find_flag(const command_row& row, std::string_view name) noexcept;

} // namespace sluice::app
