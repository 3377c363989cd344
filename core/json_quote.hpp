#pragma once
// A JSON string, appended without a temporary one: for what goes over the network and into logs.
// What people read at a terminal is core/json_text.hpp.

#include <string>
#include <string_view>

namespace sluice::core {

/// Appends `text` in quotes, escaped by RFC 8259 §7: quotes, backslashes and controls, DEL among
/// them; valid UTF-8 is written as it is.
void append_json_quoted(std::string_view text, std::string& out);

} // namespace sluice::core
