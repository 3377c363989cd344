#pragma once
// The connections that answer questions about grants: opened when there is something to ask, kept
// for the next, replaced when they are lost. While the store is away everybody is told at once, and
// it is tried again with growing pauses. Brings no threads: whoever asks waits.

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
    /// Told when the store goes away, with the fault, and when it is back, with nullptr.
    using state_handler = std::function<void(const core::store_fault*)>;
    using connection = std::unique_ptr<core::access_store>;

    /// As many connections are open as there are callers at once; the handlers outlive the pool.
    connection_pool(connector connect, state_handler on_state);

    /// Runs `work(core::access_store&)`, a store_result. Twice, when the first connection turns out
    /// to have been lost. Blocks for twice the store's timeout at most. Thread safe.
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
            lent.reset(); // it may be in the middle of something
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
