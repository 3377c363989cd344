#pragma once
// The quick road to what our own writers write: one flat JSON object without a space, its members
// in the order that the reader lists them, its texts without an escape. Not a JSON reader: it says
// "not mine" to everything else, and the caller (json_object_reader) reads that in full.

#include "core/json/json_object_reader.hpp"

#include <span>
#include <string_view>

namespace sluice::core {

/// True when `text` is of that form, and then it means to read_json_object() exactly what has been
/// assigned. False: destinations hold anything; nothing is said about `text`.
[[nodiscard]] bool read_plain_object(std::string_view text, std::span<const json_member> members);

} // namespace sluice::core
