#pragma once
// The grammar of the setting store.url. Opens nothing; store/open_store.hpp does. Used by
// core/config and store.

#include <string>
#include <string_view>

namespace sluice::core {

/// True for postgresql:// and postgres://.
[[nodiscard]] bool is_postgres_url(std::string_view url) noexcept;

/// The file of sqlite:///path, or of a plain path.
[[nodiscard]] std::string_view sqlite_path(std::string_view url) noexcept;

/// Empty when the URL can name a store; otherwise a sentence that says which forms are accepted,
/// without repeating the URL. store/url_check.hpp checks PostgreSQL URLs for passwords.
[[nodiscard]] std::string objection_to_store_url(std::string_view url);

} // namespace sluice::core
