#pragma once
// Checks the two kinds of web address in the configuration: origins of the CORS allow-list and the
// public base URL. Runs at start-up only; a request's Origin is compared byte for byte with the
// origins accepted here. Used by core/config.

#include <string>
#include <string_view>

namespace sluice::core {

/// Empty when `text` is an origin exactly as a browser serialises it (scheme://host[:port] in lower
/// case, without a default port: RFC 6454 §6.2); otherwise a clause that says what is wrong. "null"
/// is rejected: every sandboxed page has it (docs/security.md, threat 46).
[[nodiscard]] std::string objection_to_origin(std::string_view text);

/// Empty when `text` is http(s)://host[:port][/prefix] without user, query, fragment or trailing
/// slash; otherwise a clause that says what is wrong.
[[nodiscard]] std::string objection_to_base_url(std::string_view text);

} // namespace sluice::core
