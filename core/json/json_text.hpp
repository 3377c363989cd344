#pragma once
// JSON for people at a terminal: indented, in the order it was built. What goes over the network is
// written by its own, denser writers.

#include <boost/json/fwd.hpp>

#include <string>
#include <string_view>

namespace sluice::core {

/// `value` over several lines, two spaces a level, without a final newline. Strings that hold
/// control, bidi or zero-width characters are shown with question marks in their place: what a
/// stranger wrote must not drive the terminal.
[[nodiscard]] std::string pretty_json(const boost::json::value& value);

/// One JSON string, quotes included.
[[nodiscard]] std::string json_string(std::string_view text);

} // namespace sluice::core
