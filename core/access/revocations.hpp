#pragma once
// The revocations in force in this process: one table at a time, put there by the feed of the
// store. Workers hold the table itself; this is for everybody who asks seldom.

#include "core/access/revocation_table.hpp"

#include <memory>
#include <mutex>
#include <utility>

namespace sluice::core {

class revocations {
  public:
    /// Null until they have been read for the first time. Thread safe.
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
