#pragma once
// One connection to PostgreSQL by libpq. Every wait has an end that does not depend on the server:
// one that is stopped, or a network that swallows packets, ends in a fault as well.

#include "store/sql_connection.hpp"

#include <bitset>
#include <memory>

struct pg_conn;
struct pg_result;

namespace sluice::store {

class postgres_connection final : public sql_connection {
  public:
    struct settings {
        /// postgresql://…, as libpq reads it. The password comes from PGPASSFILE, a service file or
        /// PGPASSWORD.
        std::string url;
        /// Bounds connecting, and each statement.
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
    /// Waits for the answer to what has been sent. The last result when there are several, or the
    /// first that is an error.
    [[nodiscard]] core::store_result<result> finish(bool was_sent);
    [[nodiscard]] core::store_result<void> flush(time_point deadline);
    [[nodiscard]] core::store_result<void> wait(short events, time_point deadline) const;
    [[nodiscard]] core::store_fault lost() const;
    /// What the notifications that have arrived name.
    [[nodiscard]] core::store_changes take_notifications();

    std::unique_ptr<pg_conn, closer> connection_;
    std::chrono::milliseconds timeout_{};
    std::bitset<query_count> prepared_;
    bool is_listening_ = false;
};

} // namespace sluice::store
