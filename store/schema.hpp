#pragma once
// The schema of the store, as migration steps in both dialects; docs/store.md explains it to
// programs that write to the store themselves. A released step is never edited; changes are new
// steps. Used by store and by app/commands/store_command.

#include "store/sql_connection.hpp"

namespace sluice::store {

/// The schema version that this program reads and writes.
inline constexpr int current_schema_version = 2;

[[nodiscard]] const dialect& sqlite_dialect() noexcept;
[[nodiscard]] const dialect& postgres_dialect() noexcept;

} // namespace sluice::store
