#pragma once
// A request that is answered later: what its handler holds meanwhile (completion), and the way back
// to the worker of its connection (mailbox). Nothing here knows sessions or sockets. See
// docs/decisions/0013.

#include "http/loop/asio.hpp"
#include "http/problem/problem.hpp"

#include <boost/asio/post.hpp>

#include <memory>
#include <mutex>
#include <utility>

namespace sluice::http {

struct request;
class reply;

/// Where other threads leave work for a worker. Closed when the worker ends: what comes later, and
/// what it has not done by then, is dropped.
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

/// How a suspended request goes on: a reference to a callable that outlives the call.
struct continuation {
    void* object = nullptr;
    void (*call)(void* object, request& in, reply& out) = nullptr;
};

/// The connection whose request is suspended (session_base).
class resumable {
  public:
    /// On the worker's thread: the request goes on by `then`.
    virtual void resume(continuation then) = 0;

  protected:
    resumable() = default;
    resumable(const resumable&) = default;
    resumable& operator=(const resumable&) = default;
    ~resumable() = default; // nobody deletes a connection by this interface
};

/// What a session and a completion share.
struct suspension {
    const std::shared_ptr<mailbox> to;
    const problem_id if_dropped;
    resumable* owner = nullptr;        // the worker's thread only; null when nobody waits any more
    std::shared_ptr<const void> pin{}; // what was in force: the handler and all that it refers to

    /// On the worker's thread: answers by `then`, if somebody still waits for it.
    void resume(continuation then);
};

/// The promise to answer one suspended request. Whoever holds it calls complete() once, on any
/// thread, at any time: when the client is gone, the request has timed out or the worker has ended,
/// that does nothing. Destroyed without it, the request is answered with `if_dropped`.
class completion {
  public:
    completion() noexcept = default;
    explicit completion(std::shared_ptr<suspension> shared) noexcept : shared_(std::move(shared)) {}
    completion(completion&&) noexcept = default;
    completion& operator=(completion&& other) noexcept {
        std::swap(shared_, other.shared_); // what this one held is dropped with `other`
        return *this;
    }
    completion(const completion&) = delete;
    completion& operator=(const completion&) = delete;
    ~completion();

    /// Runs `then(request& in, reply& out)` on the worker's thread; it answers in `out`, or
    /// suspends again. `in` is the request as the handler saw it; its times are those of now.
    /// REQUIRES: neither completed nor moved from. `then` holds what it needs by value.
    template <class Then>
    void complete(Then then) {
        auto shared = std::exchange(shared_, nullptr);
        auto& to = *shared->to;
        to.post([shared = std::move(shared), then = std::move(then)]() mutable {
            shared->resume({&then, [](void* object, request& in, reply& out) {
                                (*static_cast<Then*>(object))(in, out);
                            }});
        });
    }

    /// Answers with a row of the problem table.
    void refuse(problem_id why);

    [[nodiscard]] explicit operator bool() const noexcept { return shared_ != nullptr; }

  private:
    std::shared_ptr<suspension> shared_;
};

/// A session's place for the suspension of its request, part of the pooled request.
class suspension_slot {
  public:
    explicit suspension_slot(std::shared_ptr<mailbox> to) noexcept : to_(std::move(to)) {}

    [[nodiscard]] completion suspend(problem_id if_dropped) {
        pending_ = std::make_shared<suspension>(suspension{to_, if_dropped});
        return completion(pending_);
    }
    [[nodiscard]] bool is_pending() const noexcept { return pending_ != nullptr; }
    void await(resumable& owner, std::shared_ptr<const void> pin) noexcept {
        pending_->owner = &owner;
        pending_->pin = std::move(pin);
    }
    /// The completion, if it still comes, finds nobody.
    void forget() noexcept {
        if (pending_) {
            pending_->owner = nullptr;
            pending_.reset();
        }
    }

  private:
    std::shared_ptr<mailbox> to_;
    std::shared_ptr<suspension> pending_;
};

} // namespace sluice::http
