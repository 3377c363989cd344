#pragma once
// The revocation table in force in this process. The store's feed replaces it. Workers hold the
// table itself; rare readers use this unit: app/service/store_service, http/handlers/ops_handlers
// and store/granted_entitlements.

#include "core/access/revocation_table.hpp"

#include <memory>
#include <mutex>
#include <utility>

namespace sluice::core {

class revocations {
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
