#pragma once
// Formats JSON for a terminal: indented, in the order of construction. Not for network output,
// which has denser writers (core/json/json_object_writer.hpp). Used by the commands in app and by
// core/config/config_print.

#include <boost/json/fwd.hpp>

#include <string>
#include <string_view>

namespace sluice::core {

/// `value` over several lines, two spaces a level, without a final newline. Control, bidi and
/// zero-width characters in strings are replaced by question marks: foreign text must not control
/// the terminal.
[[nodiscard]] std::string pretty_json(const boost::json::value& value);

/// One JSON string, quotes included.
[[nodiscard]] std::string json_string(std::string_view text);

} // namespace sluice::core
