#pragma once
// Opens a connection to the store that store.url names. Does not keep connections:
// store/connection_pool.hpp does. Used by app/commands and app/service/store_service.

#include "core/access/access_store.hpp"

#include <chrono>
#include <memory>
#include <string>

namespace sluice::store {

struct store_address {
    std::string url; // accepted by core::objection_to_store_url
    std::chrono::milliseconds timeout{2000};
};

/// Opens a connection without a check of the schema, for migrations. Creates a missing SQLite file.
[[nodiscard]] core::store_result<std::unique_ptr<core::access_store>>
create_store(const store_address& where);

/// Opens a connection to a store with the schema version of this program. Fails with unusable and
/// what to do about it when the version differs.
[[nodiscard]] core::store_result<std::unique_ptr<core::access_store>>
open_store(const store_address& where);

/// The version of the schema of an existing store; 0 when it has none. Changes nothing.
[[nodiscard]] core::store_result<int> schema_version_of(const store_address& where);

} // namespace sluice::store
