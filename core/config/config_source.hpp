#pragma once
// Fills a core::config from its three sources: file, then environment, then flags; the later one
// wins. It does not read the environment or argv itself: app/main.cpp passes them in. Secrets are
// rejected in every source (core/token/key_file.hpp loads those). Used by app/run_command.

#include "core/base/operator_problem.hpp"
#include "core/config/config.hpp"
#include "core/config/config_validate.hpp"

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sluice::core {

/// Largest configuration file that is accepted.
inline constexpr std::size_t max_config_bytes = std::size_t{1} << 20;

/// The two variables that start with SLUICE_ but are not settings.
inline constexpr std::string_view config_file_variable = "SLUICE_CONFIG";
inline constexpr std::string_view secret_variable = "SLUICE_SECRET";

/// A setting given on the command line.
struct flag_setting {
    std::string flag;  // as typed, for messages: "--threads", "--set limits.connections"
    std::string path;  // "limits.connections"
    std::string value; // one-line form
};

/// The sources. Without any of them the defaults apply.
struct config_sources {
    std::string file; // path; empty: none
    std::vector<std::pair<std::string, std::string>> environment;
    std::vector<flag_setting> flags;
};

/// The settings are usable only when there are no problems.
struct loaded_config {
    config settings;
    std::vector<operator_problem> problems;
    /// The sources of the settings that are not defaults: path -> "/etc/sluice/sluice.json",
    /// "environment SLUICE_THREADS" or "--threads".
    std::map<std::string_view, std::string> origins{};
};

/// Reads, merges and validates. Reports all problems at once, in the order of the sources. A
/// rejected value leaves its setting unchanged. No problem repeats a value.
[[nodiscard]] loaded_config load_config(const config_sources& from, config_use use);

} // namespace sluice::core
