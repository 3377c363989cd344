#pragma once
// The fast path for the JSON of tokens: one flat object whose texts have no escape, whose numbers
// are integers, and whose white space is spaces. Members in the order of the reader's list are
// found without a search. Not a JSON reader: it returns false for everything else, and the caller
// (core/json/json_object_reader) then uses the general parser. Used by
// core/json/json_object_reader.cpp only.

#include "core/json/json_object_reader.hpp"

#include <span>
#include <string_view>

namespace sluice::core {

/// True when `text` has that form; the assigned values are then exactly those of
/// read_json_object(). False otherwise: the destinations are unspecified, and `text` may be valid
/// or not.
[[nodiscard]] bool read_plain_object(std::string_view text, std::span<const json_member> members);

} // namespace sluice::core
