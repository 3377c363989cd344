#pragma once
// The schema of the store, step by step, in both dialects; docs/store.md explains it to those who
// write to it themselves. A step that has been released is never edited: a new one follows it.

#include "store/sql_connection.hpp"

namespace sluice::store {

/// The version of the schema that this program reads and writes.
inline constexpr int current_schema_version = 2;

[[nodiscard]] const dialect& sqlite_dialect() noexcept;
[[nodiscard]] const dialect& postgres_dialect() noexcept;

} // namespace sluice::store
