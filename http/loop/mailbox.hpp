#pragma once
// Where other threads leave work for a worker. Knows neither sessions nor requests.

#include "http/loop/asio.hpp"

#include <boost/asio/post.hpp>

#include <mutex>
#include <utility>

namespace sluice::http {

/// Closed when the worker ends: what comes later, and what it has not done by then, is dropped.
class mailbox {
  public:
    explicit mailbox(net::io_context& to) noexcept : to_(&to) {}

    /// Runs `work()` on the worker's thread, or drops it. Thread safe.
    template <class Work>
    void post(Work&& work) {
        const std::lock_guard guard(mutex_); // the context lives as long as to_ is set
        if (to_ != nullptr) {
            net::post(to_->get_executor(), std::forward<Work>(work));
        }
    }

    /// After it nothing is posted any more. Thread safe.
    void close() noexcept {
        const std::lock_guard guard(mutex_);
        to_ = nullptr;
    }

  private:
    std::mutex mutex_;
    net::io_context* to_;
};

} // namespace sluice::http
