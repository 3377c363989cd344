#pragma once
// From store.url to a store. Nothing is connected before it is asked for.

#include "core/access/access_store.hpp"

#include <chrono>
#include <memory>
#include <string>

namespace sluice::store {

struct store_address {
    std::string url; // as core::objection_to_store_url lets through
    std::chrono::milliseconds timeout{2000};
};

/// A connection, whatever the schema: what migrates it. Creates a SQLite file that is not there.
[[nodiscard]] core::store_result<std::unique_ptr<core::access_store>>
create_store(const store_address& where);

/// A connection to a store whose schema is of this program's version; unusable, with what to do
/// about it, otherwise.
[[nodiscard]] core::store_result<std::unique_ptr<core::access_store>>
open_store(const store_address& where);

} // namespace sluice::store
