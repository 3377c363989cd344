#include "core/access/store_url.hpp"

namespace sluice::core {

namespace {

constexpr std::string_view sqlite_scheme = "sqlite://";

/// user:password@ before the host, or password= among the parameters, escaped or not.
bool has_password(std::string_view url) {
    const auto rest = url.substr(url.find("://") + 3);
    const auto authority = rest.substr(0, rest.find_first_of("/?"));
    const auto at = authority.rfind('@');
    if (at != std::string_view::npos &&
        authority.substr(0, at).find(':') != std::string_view::npos) {
        return true;
    }
    const auto query = rest.find('?');
    return query != std::string_view::npos &&
           rest.find("password", query) != std::string_view::npos;
}

} // namespace

bool is_postgres_url(std::string_view url) noexcept {
    return url.starts_with("postgresql://") || url.starts_with("postgres://");
}

std::string_view sqlite_path(std::string_view url) noexcept {
    return url.starts_with(sqlite_scheme) ? url.substr(sqlite_scheme.size()) : url;
}

std::string objection_to_store_url(std::string_view url) {
    if (is_postgres_url(url)) {
        return has_password(url) ? "must not hold a password: put it into the file that PGPASSFILE "
                                   "names, or into a service file"
                                 : "";
    }
    if (url.starts_with(sqlite_scheme)) {
        return sqlite_path(url).starts_with('/') ? ""
                                                 : "needs three slashes: sqlite:///absolute/path";
    }
    if (url.find("://") != std::string_view::npos) {
        return "must be postgresql://..., sqlite:///path or the path of a SQLite file";
    }
    return "";
}

} // namespace sluice::core
