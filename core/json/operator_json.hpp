#pragma once
// Reads JSON that an operator writes by hand: the configuration and the key files. Comments and
// trailing commas are allowed. A name given twice in one object is an error, while a DOM parser
// would silently keep the last. A byte order mark, as Windows editors write, is skipped. Also
// reads the key sets that platforms publish at a URL. Not for tokens or anything else that a client
// sends. Private to core: used by core/config, core/issuer and core/token.

#include <boost/json/fwd.hpp>

#include <string>
#include <string_view>

namespace sluice::core {

/// The deepest nesting that is accepted; our files need three levels.
inline constexpr unsigned max_operator_json_depth = 8;

/// Reads `text` into `out`, using the storage of `out`. False when it is not one JSON value;
/// `problem` then says what is wrong and where ("line 3, column 7: ..."), quoting names but never
/// values.
[[nodiscard]] bool read_operator_json(std::string_view text, boost::json::value& out,
                                      std::string& problem);

/// The list of {"keys": [...]}; null when `document` is not an object with such a list.
/// `only_member`: also when the object has other members.
[[nodiscard]] const boost::json::array* key_list(const boost::json::value& document,
                                                 bool only_member) noexcept;

/// The text member `name`; empty when it is absent or not a text.
[[nodiscard]] std::string_view text_member(const boost::json::object& entry,
                                           std::string_view name) noexcept;

/// `name` made safe for a message: bytes that are not printable ASCII are replaced, and the text is
/// cut at 64 bytes.
[[nodiscard]] std::string printable(std::string_view name);

} // namespace sluice::core
