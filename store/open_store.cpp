#include "store/open_store.hpp"

#include "core/access/store_url.hpp"
#include "store/postgres_connection.hpp"
#include "store/schema.hpp"
#include "store/sql_store.hpp"
#include "store/sqlite_connection.hpp"

#include <utility>

namespace sluice::store {

using core::store_fault;
using core::store_result;

namespace {

using store_handle = std::unique_ptr<core::access_store>;

template <class Connection>
store_result<store_handle> wrapped(store_result<std::unique_ptr<Connection>> opened) {
    if (!opened) {
        return opened.error();
    }
    return store_handle(std::make_unique<sql_store>(std::move(*opened)));
}

store_result<store_handle> connect(const store_address& where, bool may_create) {
    if (core::is_postgres_url(where.url)) {
        return wrapped(postgres_connection::open({.url = where.url, .timeout = where.timeout}));
    }
    return wrapped(sqlite_connection::open({.path = std::string(core::sqlite_path(where.url)),
                                            .timeout = where.timeout,
                                            .may_create = may_create}));
}

} // namespace

store_result<store_handle> create_store(const store_address& where) {
    return connect(where, true);
}

store_result<int> schema_version_of(const store_address& where) {
    auto opened = connect(where, false);
    return opened ? (*opened)->schema_version() : store_result<int>(opened.error());
}

store_result<store_handle> open_store(const store_address& where) {
    auto opened = connect(where, false);
    if (!opened) {
        return opened;
    }
    const auto version = (*opened)->schema_version();
    if (!version) {
        return version.error();
    }
    if (*version == current_schema_version) {
        return opened;
    }
    const auto text = "its schema has version " + std::to_string(*version) + ", this program " +
                      std::to_string(current_schema_version);
    return store_fault{store_fault::kind::unusable,
                       *version < current_schema_version
                           ? text + ": run sluice store migrate"
                           : text + ": it has been used by a newer sluice"};
}

} // namespace sluice::store
