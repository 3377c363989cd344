#pragma once
// Requests whose responses come later: the handler holds a completion, and a mailbox leads back to
// the worker of the connection. Knows no sessions and no sockets
// (docs/decisions/0013-suspended-requests.md). Used by http/exchange/exchange.hpp;
// http/connection/session_base.hpp implements resumable.

#include "http/loop/mailbox.hpp"
#include "http/problem/problem.hpp"

#include <atomic>
#include <chrono>
#include <memory>
#include <string_view>
#include <utility>

namespace sluice::http {

struct request;
class reply;

/// The longest time that a suspended request may wait, and its response after that.
struct wait_limit {
    std::chrono::milliseconds time{0}; // 0: limits.handler_timeout
    problem_id if_late = problem_id::handler_timeout;
    std::string_view cause{}; // for the log
};

/// The next step of a suspended request: a reference to a callable that outlives the call.
struct continuation {
    void* object = nullptr;
    void (*call)(void* object, request& in, reply& out) = nullptr;
};

/// The connection of a suspended request (session_base).
class resumable {
  public:
    /// Continues the request with `then`. Call it on the worker's thread.
    virtual void resume(continuation then) = 0;

  protected:
    resumable() = default;
    resumable(const resumable&) = default;
    resumable& operator=(const resumable&) = default;
    ~resumable() = default; // connections are not deleted through this interface
};

/// The state that a session and a completion share.
struct suspension {
    suspension(std::shared_ptr<mailbox> where, problem_id dropped) noexcept
        : to(std::move(where)), if_dropped(dropped) {}

    const std::shared_ptr<mailbox> to;
    const problem_id if_dropped;
    resumable* owner = nullptr; // for the worker's thread only; null: the request was abandoned
    std::shared_ptr<const void> pin{}; // keeps the handler and its site alive
    std::atomic<bool> is_wanted{true}; // false: the request was abandoned; for any thread

    /// Responds with `then`, unless the request was abandoned. Call it on the worker's thread.
    void resume(continuation then);
};

/// The promise to respond to one suspended request. Its holder calls complete() once, on any
/// thread, at any time. The call has no effect when the client has gone, the request has timed out
/// or the worker has ended. Destroyed without the call, it rejects the request with `if_dropped`.
class completion {
  public:
    completion() noexcept = default;
    explicit completion(std::shared_ptr<suspension> shared) noexcept : shared_(std::move(shared)) {}
    completion(completion&&) noexcept = default;
    completion& operator=(completion&& other) noexcept {
        std::swap(shared_, other.shared_); // the previous one is dropped with `other`
        return *this;
    }
    completion(const completion&) = delete;
    completion& operator=(const completion&) = delete;
    ~completion();

    /// Runs `then(request& in, reply& out)` on the worker's thread; `then` fills `out` or
    /// suspends the request again. `in` is the request as the handler saw it, with the current
    /// times. REQUIRES: neither completed nor moved from. `then` holds its data by value.
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

    /// Rejects the request with a row of the problem table.
    void refuse(problem_id why);

    /// False when the request was abandoned, so that a response has no effect. REQUIRES: not
    /// completed.
    [[nodiscard]] bool is_wanted() const noexcept {
        return shared_->is_wanted.load(std::memory_order_relaxed);
    }
    [[nodiscard]] explicit operator bool() const noexcept { return shared_ != nullptr; }

  private:
    std::shared_ptr<suspension> shared_;
};

/// Holds the suspension of a session's request; part of the pooled request.
class suspension_slot {
  public:
    explicit suspension_slot(std::shared_ptr<mailbox> to) noexcept : to_(std::move(to)) {}

    [[nodiscard]] completion suspend(problem_id if_dropped, wait_limit limit) {
        limit_ = limit;
        pending_ = std::make_shared<suspension>(to_, if_dropped);
        return completion(pending_);
    }
    [[nodiscard]] bool is_pending() const noexcept { return pending_ != nullptr; }
    /// Of the last suspension.
    [[nodiscard]] const wait_limit& limit() const noexcept { return limit_; }
    [[nodiscard]] const std::shared_ptr<mailbox>& to() const noexcept { return to_; }
    void await(resumable& owner, std::shared_ptr<const void> pin) noexcept {
        pending_->owner = &owner;
        pending_->pin = std::move(pin);
    }
    /// That of the present suspension; null: none.
    [[nodiscard]] std::shared_ptr<const void> pin() const noexcept {
        return pending_ ? pending_->pin : nullptr;
    }
    /// Abandons the request: a later completion has no effect.
    void forget() noexcept {
        if (pending_) {
            pending_->owner = nullptr;
            pending_->is_wanted.store(false, std::memory_order_relaxed);
            pending_.reset();
        }
    }

  private:
    std::shared_ptr<mailbox> to_;
    std::shared_ptr<suspension> pending_;
    wait_limit limit_;
};

} // namespace sluice::http
