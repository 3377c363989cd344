#pragma once
// JSON that an operator writes by hand: configuration and key file. Comments and trailing commas
// are allowed; a name given twice in one object is refused, where a DOM parser would silently keep
// the last. A byte order mark, as Windows editors write one, is passed over. Not for tokens or
// anything else that comes over the network. Private to core's .cpp files.

#include <boost/json/fwd.hpp>

#include <string>
#include <string_view>

namespace sluice::core {

/// Deepest nesting that is read; our files need three levels.
inline constexpr unsigned max_operator_json_depth = 8;

/// Reads `text` into `out`, in the storage `out` already has. False when it is not one JSON value;
/// `problem` then says what and where ("line 3, column 7: ..."), quoting names but never values.
[[nodiscard]] bool read_operator_json(std::string_view text, boost::json::value& out,
                                      std::string& problem);

/// The list of {"keys": [...]}; null when `document` is no object with such a list. `only_member`:
/// also when the object has other members.
[[nodiscard]] const boost::json::array* key_list(const boost::json::value& document,
                                                 bool only_member) noexcept;

/// `name` fit for a message: bytes that are not printable ASCII replaced, cut at 64 bytes.
[[nodiscard]] std::string printable(std::string_view name);

} // namespace sluice::core
