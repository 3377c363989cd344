#pragma once
// One connection to PostgreSQL through libpq. Every wait has a timeout that does not depend on the
// server: a stopped server or a network that drops packets leads to a fault too. Holds no SQL:
// store/sql_statements.cpp does. Used by store/open_store.

#include "store/sql_connection.hpp"

#include <bitset>
#include <memory>

struct pg_conn;
struct pg_result;

namespace sluice::store {

class postgres_connection final : public sql_connection {
  public:
    struct settings {
        /// postgresql://…, as libpq parses it. The password comes from PGPASSFILE, a service file
        /// or PGPASSWORD.
        std::string url;
        /// The timeout of connecting and of each statement.
        std::chrono::milliseconds timeout{2000};
    };

    [[nodiscard]] static core::store_result<std::unique_ptr<postgres_connection>>
    open(const settings& with);
    ~postgres_connection() override;

    [[nodiscard]] const dialect& speaks() const noexcept override;
    [[nodiscard]] core::store_result<std::uint64_t>
    run(query which, std::span<const sql_value> parameters, const visitor& visit) override;
    [[nodiscard]] core::store_result<void> run_script(std::string_view text) override;
    [[nodiscard]] core::store_result<bool> has_schema() override;
    /// Puts the trace into application_name. Costs a statement, unless the name is the same.
    [[nodiscard]] core::store_result<void> name_trace(std::string_view trace_id) override;
    [[nodiscard]] core::store_result<core::store_changes>
    wait_for_change(std::chrono::milliseconds limit) override;

  private:
    using time_point = std::chrono::steady_clock::time_point;
    struct closer {
        void operator()(pg_conn* connection) const noexcept;
        void operator()(pg_result* result) const noexcept;
    };
    using result = std::unique_ptr<pg_result, closer>;

    postgres_connection() = default;
    [[nodiscard]] core::store_result<void> connect(const std::string& url);
    [[nodiscard]] core::store_result<void> prepare(query which);
    /// Waits for the results of what has been sent. Returns the last result, or the first error.
    [[nodiscard]] core::store_result<result> finish(bool was_sent);
    [[nodiscard]] core::store_result<void> flush(time_point deadline);
    [[nodiscard]] core::store_result<void> wait(short events, time_point deadline) const;
    [[nodiscard]] core::store_fault lost() const;
    /// The changes that the received notifications report.
    [[nodiscard]] core::store_changes take_notifications();

    std::unique_ptr<pg_conn, closer> connection_;
    std::chrono::milliseconds timeout_{};
    std::bitset<query_count> prepared_;
    std::string trace_id_; // in application_name
    bool is_listening_ = false;
};

} // namespace sluice::store
