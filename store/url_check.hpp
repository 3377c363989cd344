#pragma once
// Checks store.url for secrets, as libpq parses it, before it is printed or used.
// core/access/store_url.hpp checks the form. Used by app/run_command.

#include <string>

namespace sluice::store {

/// Empty when `url` holds no secret; otherwise a sentence that does not repeat it. A password is
/// rejected in every spelling (docs/security.md, threat 59): settings are printed and logged,
/// passwords must not be.
[[nodiscard]] std::string objection_to_url(const std::string& url);

} // namespace sluice::store
