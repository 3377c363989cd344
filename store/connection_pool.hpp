#pragma once
// A pool of connections for queries about grants. A connection is opened when it is needed, kept
// for the next query, and replaced when it is lost. While the store is unreachable, queries fail at
// once, and the pool retries with growing delays. Has no threads: the caller blocks. Used by
// store/grant_book.hpp and app/service/store_service.

#include "core/access/access_store.hpp"
#include "store/backoff.hpp"

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

namespace sluice::store {

/// Opens a connection; called from several threads at once.
using connector = std::function<core::store_result<std::unique_ptr<core::access_store>>()>;

class connection_pool {
  public:
    /// Called with the fault when the store becomes unreachable, and with nullptr when it is
    /// reachable again.
    using state_handler = std::function<void(const core::store_fault*)>;
    using connection = std::unique_ptr<core::access_store>;

    /// Opens as many connections as there are concurrent callers. The handlers must outlive the
    /// pool.
    connection_pool(connector connect, state_handler on_state);

    /// Runs `work(core::access_store&)`, which returns a store_result; runs it again when the first
    /// connection was lost. Blocks for twice the store's timeout at most. Thread safe.
    template <class Work>
    [[nodiscard]] auto ask(Work work) -> decltype(work(std::declval<core::access_store&>())) {
        auto lent = take();
        for (bool is_last = !lent;; is_last = true) {
            if (!lent) {
                auto opened = open();
                if (!opened) {
                    return opened.error();
                }
                lent = std::move(*opened);
            }
            auto answer = work(*lent);
            if (answer) {
                give_back(std::move(lent));
                return answer;
            }
            const auto why = answer.error();
            lent.reset(); // it may be in an incomplete state
            if (is_last || why.what != core::store_fault::kind::lost) {
                failed(why);
                return answer;
            }
        }
    }

  private:
    [[nodiscard]] connection take();
    [[nodiscard]] core::store_result<connection> open();
    void give_back(connection one);
    void failed(const core::store_fault& why);

    connector connect_;
    state_handler on_state_;
    std::mutex mutex_; // guards the rest
    std::vector<connection> idle_;
    backoff pause_;
    std::optional<core::store_fault> away_;
};

} // namespace sluice::store
