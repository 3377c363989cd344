#pragma once
// The interface of one database connection for store/sql_store.hpp: it runs one of a fixed set of
// statements, runs a script, and waits for changes by others. store/sqlite_connection.hpp and
// store/postgres_connection.hpp implement it. Blocking, one thread at a time. Used within store.

#include "core/access/access_store.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <variant>

namespace sluice::store {

/// All statements. Parameters are bound, never written into the text.
enum class query : std::uint8_t {
    grant_windows,
    put_grant,
    remove_grant,
    list_grants,
    put_revocation,
    lift_revocations,
    revocations_after,
    revocation_position,
    purge_revocations,
    schema_version,
};
inline constexpr std::size_t query_count = static_cast<std::size_t>(query::schema_version) + 1;

/// Its text, the same for both databases: $1, $2 and so on occur in ascending order.
[[nodiscard]] const char* text_of(query which) noexcept;

/// NULL, a number or a text.
using sql_value = std::variant<std::monostate, std::int64_t, std::string_view>;

/// A row during a visit.
class sql_row {
  public:
    virtual ~sql_row() = default;
    [[nodiscard]] virtual bool is_null(int column) const = 0;
    [[nodiscard]] virtual std::int64_t number(int column) const = 0;
    /// Valid during the visit.
    [[nodiscard]] virtual std::string_view text(int column) const = 0;

  protected:
    sql_row() = default;
    sql_row(const sql_row&) = default;
    sql_row& operator=(const sql_row&) = default;
};

/// A migration step from version N to N + 1.
using migrations = std::span<const std::string_view>;

/// The differences between the databases other than the calls.
struct dialect {
    /// Begins a transaction that may write.
    std::string_view begin;
    /// Prepares the database for migrate(); outside a transaction.
    std::string_view prepare;
    /// Inside the transaction of a step: locks out other nodes that migrate.
    std::string_view lock;
    migrations steps;
};

class sql_connection {
  public:
    using visitor = std::function<void(const sql_row&)>;

    virtual ~sql_connection() = default;
    sql_connection(const sql_connection&) = delete;
    sql_connection& operator=(const sql_connection&) = delete;

    [[nodiscard]] virtual const dialect& speaks() const noexcept = 0;
    /// Returns the number of rows inserted, updated or deleted, or found by a SELECT.
    [[nodiscard]] virtual core::store_result<std::uint64_t>
    run(query which, std::span<const sql_value> parameters, const visitor& visit) = 0;
    /// Runs statements separated by semicolons; rows are discarded.
    [[nodiscard]] virtual core::store_result<void> run_script(std::string_view text) = 0;
    /// False when there is no table sluice_meta.
    [[nodiscard]] virtual core::store_result<bool> has_schema() = 0;
    /// As in core::access_store.
    [[nodiscard]] virtual core::store_result<void> name_trace(std::string_view /*trace_id*/) {
        return {};
    }
    /// As in core::access_store.
    [[nodiscard]] virtual core::store_result<core::store_changes>
    wait_for_change(std::chrono::milliseconds limit) = 0;

  protected:
    sql_connection() = default;
};

} // namespace sluice::store
