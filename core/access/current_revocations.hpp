#pragma once
// The current revocation table of the process, which the store's feed replaces. Not the table
// (core/access/revocation_table.hpp), which workers hold themselves, and not one revocation as the
// store keeps it (core/access/revocation.hpp). Used by readers that are not on the path of a
// download: app/service/store_service, http/handlers/ops_handlers and store/granted_entitlements.

#include "core/access/revocation_table.hpp"

#include <memory>
#include <mutex>
#include <utility>

namespace sluice::core {

class current_revocations {
  public:
    /// Null until the revocations have been read for the first time. Thread safe.
    [[nodiscard]] std::shared_ptr<const revocation_table> table() const {
        const std::lock_guard lock(mutex_);
        return table_;
    }
    [[nodiscard]] bool are_known() const { return table() != nullptr; }

    void put(std::shared_ptr<const revocation_table> table) {
        const std::lock_guard lock(mutex_);
        table_ = std::move(table);
    }

  private:
    mutable std::mutex mutex_; // guards table_
    std::shared_ptr<const revocation_table> table_;
};

} // namespace sluice::core
