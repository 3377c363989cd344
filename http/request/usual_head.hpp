#pragma once
// Reads a head of the usual form in one pass: GET or HEAD, HTTP/1.1, visible ASCII, and no field
// that concerns content. Rejects nothing: a head of any other form is left to the complete reader
// (http/request/head_reader.hpp), which gives the same result for the usual form, only later. Used
// by http/request/request_parser.cpp, and by the tests that compare the two readers.

#include "http/request/request_parser.hpp"

#include <cstddef>
#include <string_view>

namespace sluice::http {

/// Reads the head at the front of `bytes` into `head`. Returns its size, including the empty line.
/// Returns 0 when the head is incomplete, is not of the usual form, or exceeds a limit; `head` is
/// then unspecified.
[[nodiscard]] std::size_t read_usual_head(std::string_view bytes, const header_limits& limits,
                                          request_head& head);

} // namespace sluice::http
