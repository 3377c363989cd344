#pragma once
// Shows settings: as a configuration file that would set them, and as the table of
// docs/configuration.md. There is nothing secret to leave out (core/config/config.hpp).

#include "core/config/config.hpp"

#include <string>
#include <string_view>

namespace sluice::core {

/// Every setting with its value, nested as in the file: reading it back gives `from` again.
[[nodiscard]] std::string to_json(const config& from);

/// A Markdown table, one row per setting with the defaults, each line ended by a newline.
[[nodiscard]] std::string settings_table();

} // namespace sluice::core
