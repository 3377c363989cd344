#pragma once
// One question to all workers for their transfers. It never waits for a worker: parts arrive as
// posts to the thread of the control socket, and after a second the round ends without those that
// have not answered. Used by app/status/status_handler.

#include "http/connection/transfer_report.hpp"
#include "http/connection/worker.hpp"
#include "http/exchange/suspension.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace sluice::app {

/// The most transfers in an answer, and in the part of a worker.
inline constexpr std::size_t most_transfers = 1000;

/// All members belong to the thread of the control socket.
class transfer_round : public std::enable_shared_from_this<transfer_round> {
  public:
    using time_point = std::chrono::steady_clock::time_point;
    using listener = std::function<void(transfer_round&)>;

    /// Asks `workers`, at least one; the parts arrive on the thread of `own`. These objects outlive
    /// the threads.
    void start(http::worker& own, const std::vector<http::worker*>& workers, time_point now);
    /// Calls `then` when the round has ended; it may keep() an answer. REQUIRES: not ended yet.
    void await(listener then) { waiting_.push_back(std::move(then)); }

    [[nodiscard]] bool has_ended() const noexcept { return has_ended_; }
    [[nodiscard]] time_point began() const noexcept { return began_; }
    /// Threads that did not answer. REQUIRES: has_ended().
    [[nodiscard]] std::size_t silent() const noexcept { return missing_; }
    /// The oldest transfers of all workers, the oldest first, and the number of the others. Empty
    /// after the listeners were called: their open files are not kept.
    [[nodiscard]] const http::transfer_report& found() const noexcept { return found_; }

    /// The rendered answer; empty: nobody waited for it.
    [[nodiscard]] const std::string& answer() const noexcept { return answer_; }
    void keep(std::string answer) { answer_ = std::move(answer); }

  private:
    void add(http::transfer_report part);
    void end();

    time_point began_{};
    std::size_t missing_ = 0;
    bool has_ended_ = false;
    http::transfer_report found_;
    std::vector<listener> waiting_;
    std::string answer_;
};

} // namespace sluice::app
