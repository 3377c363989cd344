#pragma once
// The queue of a lane: which waiting job runs next. No threads and no locks. Used by
// http/storage/lane.cpp.

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

    void add(task one);

    /// The next job. None: nothing waits, or only jobs of files that have their share of the
    /// threads.
    [[nodiscard]] std::optional<task> take();
    /// A job with this place has ended: its file may have another.
    void finish(lane::turn when);

    /// Removes all waiting jobs.
    [[nodiscard]] std::deque<task> drop();

    /// True when take() may return a job.
    [[nodiscard]] bool has_turn() const noexcept { return !turns_.empty(); }
    [[nodiscard]] std::size_t waiting() const noexcept { return waiting_; }

  private:
    struct file {
        std::size_t busy = 0;
        std::deque<task> parked;
    };

    /// Half of the threads that other files do not use, so that several bad files leave some too.
    [[nodiscard]] bool may_run(const file& one) const noexcept;

    const std::size_t threads_;
    std::map<std::uint64_t, std::deque<task>> by_key_; // none of them empty
    std::deque<std::uint64_t> turns_;                  // each key of by_key_ once
    std::unordered_map<std::uint64_t, file> files_;    // with busy or parked jobs
    std::size_t waiting_ = 0;                          // parked ones too
    std::size_t busy_ = 0;
};

} // namespace sluice::http
