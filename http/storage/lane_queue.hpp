#pragma once
// The queue of a lane: decides which waiting job runs next. It has no threads and no locks, which
// are in http/storage/lane.cpp. Used by http/storage/lane.cpp.

#include "http/storage/lane.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <unordered_map>

namespace sluice::http {

class lane_queue {
  public:
    struct task {
        lane::turn when;
        std::unique_ptr<storage_job> job;
    };

    explicit lane_queue(std::size_t threads) noexcept : threads_(threads) {}

    /// Without effect when it throws std::bad_alloc.
    void add(task one);

    /// Removes and returns the next job. None: no job waits, or all waiting jobs are for files that
    /// already use their share of the threads.
    [[nodiscard]] std::optional<task> take();
    /// Call it when a job that was taken with this turn has ended. Parked jobs of its file may run
    /// then.
    void finish(lane::turn when);

    /// Removes all waiting jobs.
    [[nodiscard]] std::deque<task> drop();

    /// True when take() may return a job.
    [[nodiscard]] bool has_turn() const noexcept { return !turns_.empty(); }
    [[nodiscard]] std::size_t waiting() const noexcept { return waiting_; }

  private:
    struct file {
        std::size_t busy = 0;
        std::deque<task> parked; // until the file uses fewer threads
    };

    /// True when the file uses less than its share of the threads. The share is half of the threads
    /// that other files do not use, and at least one, so that several files that hang leave threads
    /// to the others too.
    [[nodiscard]] bool may_run(const file& one) const noexcept;

    const std::size_t threads_;
    std::map<std::uint64_t, std::deque<task>> by_key_; // has no empty queue
    std::deque<std::uint64_t> turns_;                  // each key of by_key_, once
    std::unordered_map<std::uint64_t, file> files_;    // with busy or parked jobs
    std::size_t waiting_ = 0;                          // includes parked jobs
    std::size_t busy_ = 0;
};

} // namespace sluice::http
