#pragma once
// A bounded number of threads for calls that may wait for one device, and a fair queue: keys
// (users) take turns, however much each of them has waiting, and no file takes all threads. A
// thread that hangs in a call stays counted and is never joined: its disk may not come back. Used
// by http/storage/device.hpp.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>

namespace sluice::http {

/// One call for a lane's thread. Destroyed without being run when the lane ends first.
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
        std::uint64_t key = 0;         // jobs of one key run in order; keys take turns
        std::uint64_t file = any_file; // jobs of one file share at most half of the free threads
    };

    explicit lane(unsigned threads);
    /// Calls stop().
    ~lane();
    lane(const lane&) = delete;
    lane& operator=(const lane&) = delete;

    /// Runs `one` when its turn comes. Starts threads as they are needed. Throws std::system_error
    /// when there is no thread and none can be started. Thread safe.
    void submit(turn when, std::unique_ptr<storage_job> one);

    /// Drops the waiting jobs and ends the threads. Abandons those that do not return within half a
    /// second, with everything that they use. Thread safe.
    void stop();

    struct state {
        std::size_t waiting = 0;
        std::size_t busy = 0;
        time_point oldest{};    // start of the oldest call under way; epoch: none is
        time_point last_done{}; // end of the last call
    };
    /// Thread safe.
    [[nodiscard]] state look() const;

  private:
    struct shared;
    std::shared_ptr<shared> shared_;
};

} // namespace sluice::http
