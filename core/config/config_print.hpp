#pragma once
// Prints settings: as a configuration file that would set them, and as the table of
// docs/configuration.md. Nothing is left out, since no setting is secret (core/config/config.hpp).
// Used by `sluice config print`.

#include "core/config/config.hpp"

#include <map>
#include <string>
#include <string_view>

namespace sluice::core {

/// Every setting with its value, nested as in the file. Reading the text back gives `from` again.
[[nodiscard]] std::string to_json(const config& from);

/// One line for each setting: its path, its value in JSON and its place in `origins`, or "default";
/// separated by tabs.
[[nodiscard]] std::string
settings_with_sources(const config& from, const std::map<std::string_view, std::string>& origins);

/// A Markdown table with one row per setting and its default; each line ends with a newline.
[[nodiscard]] std::string settings_table();

} // namespace sluice::core
