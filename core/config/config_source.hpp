#pragma once
// Fills a core::config from its three sources: file, then environment, then flags; the later one
// wins. Reads no environment and no argv itself: app/main.cpp hands them in. Secrets are refused
// everywhere (core/token/key_file.hpp loads those).

#include "core/base/operator_problem.hpp"
#include "core/config/config.hpp"
#include "core/config/config_validate.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sluice::core {

/// Largest configuration file that is read.
inline constexpr std::size_t max_config_bytes = std::size_t{1} << 20;

/// The two variables that start with SLUICE_ and are no settings.
inline constexpr std::string_view config_file_variable = "SLUICE_CONFIG";
inline constexpr std::string_view secret_variable = "SLUICE_SECRET";

/// A setting given on the command line.
struct flag_setting {
    std::string flag;  // as typed, for messages: "--threads", "--set limits.connections"
    std::string path;  // "limits.connections"
    std::string value; // one-line form
};

/// Where to look. All of it may be empty: the defaults are then what there is.
struct config_sources {
    std::string file; // path; empty: none
    std::vector<std::pair<std::string, std::string>> environment;
    std::vector<flag_setting> flags;
};

/// The settings are usable only when there are no problems.
struct loaded_config {
    config settings;
    std::vector<operator_problem> problems;
};

/// Reads, merges and validates. All problems at once, in the order of the sources; a value that is
/// refused leaves its setting as it was. No problem repeats a value.
[[nodiscard]] loaded_config load_config(const config_sources& from, config_use use);

} // namespace sluice::core
