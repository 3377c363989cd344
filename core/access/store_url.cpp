#include "core/access/store_url.hpp"

namespace sluice::core {

namespace {

constexpr std::string_view sqlite_scheme = "sqlite://";

} // namespace

bool is_postgres_url(std::string_view url) noexcept {
    return url.starts_with("postgresql://") || url.starts_with("postgres://");
}

std::string_view sqlite_path(std::string_view url) noexcept {
    return url.starts_with(sqlite_scheme) ? url.substr(sqlite_scheme.size()) : url;
}

std::string objection_to_store_url(std::string_view url) {
    if (is_postgres_url(url)) {
        return ""; // store/url_check.hpp reads it as libpq does
    }
    if (url.starts_with(sqlite_scheme)) {
        return sqlite_path(url).starts_with('/') ? ""
                                                 : "needs three slashes: sqlite:///absolute/path";
    }
    // A scheme, or an attempt at one. A path with a colon can be written as ./a:b.
    if (url.find(':') < url.find('/')) {
        return "must be postgresql://..., sqlite:///path or the path of a SQLite file";
    }
    return "";
}

} // namespace sluice::core
