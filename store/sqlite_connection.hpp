#pragma once
// One connection to a SQLite file. Checks the path before each statement: when it names another
// file, or none, the connection counts as lost, because the open file is no longer the operator's.
// Holds no SQL: store/sql_statements.cpp does. Used by store/open_store.

#include "store/sql_connection.hpp"

#include <array>
#include <memory>

struct sqlite3;
struct sqlite3_stmt;

namespace sluice::store {

class sqlite_connection final : public sql_connection {
  public:
    struct settings {
        std::string path;
        /// The timeout of the wait for another writer's lock, and of each whole statement.
        std::chrono::milliseconds timeout{2000};
        /// Creates the file, readable by its owner and group, when it is missing.
        bool may_create = false;
    };

    [[nodiscard]] static core::store_result<std::unique_ptr<sqlite_connection>>
    open(const settings& with);
    ~sqlite_connection() override;

    [[nodiscard]] const dialect& speaks() const noexcept override;
    [[nodiscard]] core::store_result<std::uint64_t>
    run(query which, std::span<const sql_value> parameters, const visitor& visit) override;
    [[nodiscard]] core::store_result<void> run_script(std::string_view text) override;
    [[nodiscard]] core::store_result<bool> has_schema() override;
    [[nodiscard]] core::store_result<core::store_changes>
    wait_for_change(std::chrono::milliseconds limit) override;

  private:
    struct closer {
        void operator()(sqlite3* database) const noexcept;
        void operator()(sqlite3_stmt* statement) const noexcept;
    };
    using statement = std::unique_ptr<sqlite3_stmt, closer>;
    struct identity {
        std::uint64_t device = 0;
        std::uint64_t inode = 0;
        friend bool operator==(const identity&, const identity&) = default;
    };

    sqlite_connection() = default;
    [[nodiscard]] core::store_result<void> check_file() const;
    [[nodiscard]] core::store_fault fault() const;
    [[nodiscard]] core::store_result<sqlite3_stmt*> prepared(query which);
    [[nodiscard]] core::store_result<std::int64_t> read_number(const char* text);
    static core::store_result<identity> look_at(const std::string& path);
    static int is_too_late(void* self) noexcept;
    void start_clock() noexcept;
    /// After a script failed: true when it met another connection's lock and there is time left.
    [[nodiscard]] bool may_try_again() const noexcept;

    std::string path_;
    std::chrono::milliseconds timeout_{};
    identity file_;
    std::unique_ptr<sqlite3, closer> database_;
    std::array<statement, query_count> statements_; // after database_: closed before it
    std::chrono::steady_clock::time_point deadline_{};
    std::int64_t seen_version_ = -1; // of the data, as PRAGMA data_version counts it
};

} // namespace sluice::store
