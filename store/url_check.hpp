#pragma once
// Judges store.url as libpq reads it, before anything prints or uses it. What a store URL is at all
// is core/access/store_url.hpp.

#include <string>

namespace sluice::store {

/// Empty when `url` holds no secret; otherwise a sentence that repeats nothing of it. A password in
/// it is refused however it is spelt (docs/security.md, threat 59): settings are printed and
/// logged, passwords are not.
[[nodiscard]] std::string objection_to_url(const std::string& url);

} // namespace sluice::store
