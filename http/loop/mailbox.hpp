#pragma once
// Delivers work from other threads to a worker. Knows neither sessions nor requests. Used by
// http/exchange/suspension.hpp and http/storage/cold_read.hpp.

#include "http/loop/asio.hpp"

#include <boost/asio/post.hpp>

#include <mutex>
#include <utility>

namespace sluice::http {

/// Closed when the worker ends: work posted later, and work not done by then, is dropped.
class mailbox {
  public:
    explicit mailbox(net::io_context& to) noexcept : to_(&to) {}

    /// Runs `work()` on the worker's thread, or drops it. Thread safe.
    template <class Work>
    void post(Work&& work) {
        const std::lock_guard guard(mutex_); // the context exists while to_ is set
        if (to_ != nullptr) {
            net::post(to_->get_executor(), std::forward<Work>(work));
        }
    }

    /// Drops all work posted after this call. Thread safe.
    void close() noexcept {
        const std::lock_guard guard(mutex_);
        to_ = nullptr;
    }

  private:
    std::mutex mutex_;
    net::io_context* to_;
};

} // namespace sluice::http
