#pragma once
// A lane: a bounded number of threads for calls to one device that may block, and the queue of the
// calls that wait for a thread. The queue is fair: keys (users) take turns, however many jobs each
// of them has, and one file cannot use all threads. A thread that hangs in a call counts against
// the bound and is never joined, because the call may never return. A lane does not read files: its
// jobs do. The order of the jobs is in http/storage/lane_queue.hpp. Used by
// http/storage/device.hpp.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>

namespace sluice::http {

/// One blocking call, made on a thread of a lane. A job that has not begun when the lane ends is
/// destroyed without being run.
class storage_job {
  public:
    storage_job() = default;
    storage_job(const storage_job&) = delete;
    storage_job& operator=(const storage_job&) = delete;
    virtual ~storage_job() = default;
    virtual void run() = 0;
};

class lane {
  public:
    using time_point = std::chrono::steady_clock::time_point;

    static constexpr std::uint64_t any_file = 0;

    /// The place of a job in the queue.
    struct turn {
        std::uint64_t key = 0;         // jobs of one key begin in order; keys take turns
        std::uint64_t file = any_file; // one file gets at most half of the free threads
    };

    explicit lane(unsigned threads);
    /// Calls stop().
    ~lane();
    lane(const lane&) = delete;
    lane& operator=(const lane&) = delete;

    /// Queues `one`. Starts a thread if no idle one is left and the bound allows it. Throws
    /// std::bad_alloc, and does not queue it, when the lane has no thread and none can be started,
    /// or memory has run out. After stop(), `one` is destroyed instead. Thread safe.
    void submit(turn when, std::unique_ptr<storage_job> one);

    /// Drops the waiting jobs and ends the threads. A thread that is still in a call after half a
    /// second is abandoned: it keeps the data that it uses, and ends when the call returns. Thread
    /// safe.
    void stop();

    struct state {
        std::size_t waiting = 0;
        std::size_t busy = 0;
        time_point oldest{};    // start of the oldest call in progress; epoch: none is
        time_point last_done{}; // end of the last call
    };
    /// The present state. Thread safe.
    [[nodiscard]] state look() const;

  private:
    struct shared;
    std::shared_ptr<shared> shared_;
};

} // namespace sluice::http
