#pragma once
// What store.url may be. Pure text: nothing is opened.

#include <string>
#include <string_view>

namespace sluice::core {

/// True for postgresql:// and postgres://.
[[nodiscard]] bool is_postgres_url(std::string_view url) noexcept;

/// The file of sqlite:///path, or of a plain path.
[[nodiscard]] std::string_view sqlite_path(std::string_view url) noexcept;

/// Empty when it can be a store; otherwise a sentence that says what is wanted and repeats nothing
/// of it. Whether a URL for PostgreSQL holds a password is not judged here: store/url_check.hpp.
[[nodiscard]] std::string objection_to_store_url(std::string_view url);

} // namespace sluice::core
