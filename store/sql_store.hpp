#pragma once
// Implements core::access_store in SQL, for every database: statements, transactions and migrations
// over one sql_connection. Opens no connection. Used by store/open_store.

#include "core/access/access_store.hpp"
#include "store/sql_connection.hpp"

#include <memory>

namespace sluice::store {

class sql_store final : public core::access_store {
  public:
    explicit sql_store(std::unique_ptr<sql_connection> connection) noexcept
        : connection_(std::move(connection)) {}

    [[nodiscard]] core::store_result<void> name_trace(std::string_view trace_id) override;
    [[nodiscard]] core::store_result<std::vector<core::validity>>
    windows_of(std::string_view user_id, const core::media_place& place) override;
    [[nodiscard]] core::store_result<std::uint64_t>
    put_grants(std::span<const core::grant> all) override;
    [[nodiscard]] core::store_result<bool> remove_grant(std::string_view user_id,
                                                        const core::grant_target& target) override;
    [[nodiscard]] core::store_result<void>
    list_grants(std::string_view user_id,
                const std::function<void(const core::grant&)>& visit) override;

    [[nodiscard]] core::store_result<bool> put_revocation(const core::revocation& one) override;
    [[nodiscard]] core::store_result<bool> lift(core::revocation_kind kind,
                                                std::string_view subject) override;
    [[nodiscard]] core::store_result<std::vector<core::placed_revocation>>
    revocations_after(std::uint64_t position, std::size_t limit) override;
    [[nodiscard]] core::store_result<core::revocation_position> position() override;
    [[nodiscard]] core::store_result<std::uint64_t> purge(std::int64_t now,
                                                          std::int64_t made_by) override;

    [[nodiscard]] core::store_result<core::store_changes>
    wait_for_change(std::chrono::milliseconds limit) override;

    [[nodiscard]] core::store_result<int> schema_version() override;
    [[nodiscard]] core::store_result<int> migrate() override;

  private:
    /// Runs `work` in a transaction.
    template <class Work>
    [[nodiscard]] core::store_result<void> in_transaction(Work work);
    [[nodiscard]] core::store_result<void> take_step(int from);

    std::unique_ptr<sql_connection> connection_;
};

} // namespace sluice::store
