#pragma once
// Chooses the settings of a command and the user as which it continues: those of the installed
// service, unless the command line states others (docs/decisions/0034-whose-file-it-is.md). Used by
// app/run_command.

#include "app/cli/command_line.hpp"
#include "app/cli/terminal.hpp"
#include "app/process/installation.hpp"
#include "crypto/secret.hpp"

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace sluice::app {

/// The arguments and environment with which the process was started.
struct invocation {
    std::vector<std::string> arguments; // without the program's name
    std::vector<std::pair<std::string, std::string>> environment;
    std::optional<crypto::secret> secret; // SLUICE_SECRET, removed from the environment
    installation installed{};             // where to look without --config and SLUICE_CONFIG
};

/// The path of the configuration file: --config, else SLUICE_CONFIG, else the installed one, which
/// `serve` does not look for. Empty: there is none. With the installed file it also
///   - adds the variables of its environment file to `with`, unless they are set,
///   - gives up root's rights for those of the service's user, except for the `key` commands, which
///     write for him, and for a command line that names files of its own,
///   - says on streams.err in one line what is read, and as which user.
/// nullopt: it has printed why the command cannot go on.
[[nodiscard]] std::optional<std::string>
prepare_settings(const command_line& line, invocation& with, const terminal& streams);

} // namespace sluice::app
