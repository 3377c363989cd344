#pragma once
// Delivers work from other threads to the thread of a worker: a post to the worker's io_context
// that can be closed. It has no threads and does not depend on sessions or requests. Used by
// http/exchange/suspension.hpp and http/storage/cold_read.hpp.

#include "http/loop/asio.hpp"

#include <boost/asio/post.hpp>

#include <mutex>
#include <utility>

namespace sluice::http {

/// The worker closes its mailbox when it ends. Work that is posted later, or that has not run by
/// then, is dropped.
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
