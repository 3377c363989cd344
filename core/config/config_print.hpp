#pragma once
// Prints settings: as a configuration file that would set them, and as the table of
// docs/configuration.md. Nothing is left out, since no setting is secret (core/config/config.hpp).
// Used by `sluice config print`.

#include "core/config/config.hpp"

#include <string>
#include <string_view>

namespace sluice::core {

/// Every setting with its value, nested as in the file. Reading the text back gives `from` again.
[[nodiscard]] std::string to_json(const config& from);

/// A Markdown table with one row per setting and its default; each line ends with a newline.
[[nodiscard]] std::string settings_table();

} // namespace sluice::core
