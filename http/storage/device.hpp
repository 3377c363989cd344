#pragma once
// One file system that holds media: the threads that wait for it, its state, and its metrics.
// http/storage/storage.hpp finds the device of a path. Used by http/handlers and
// http/storage/cold_read.cpp.

#include "core/storage/mount_table.hpp"
#include "http/storage/buffers.hpp"
#include "http/storage/lane.hpp"
#include "http/telemetry/counter.hpp"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>

namespace sluice::http {

struct storage_settings {
    unsigned threads = 16;                       // for reading, per device
    std::size_t memory = std::size_t{64} << 20U; // bytes of windows, for all devices
    std::chrono::milliseconds open_timeout{5000};
};

class storage_device {
  public:
    using time_point = lane::time_point;

    storage_device(core::mount where, const storage_settings& with,
                   std::shared_ptr<storage_buffers> buffers);

    /// For single calls: opening, facts, small files, listing, closing.
    [[nodiscard]] lane& opens() noexcept { return opens_; }
    /// For windows of large files.
    [[nodiscard]] lane& reads() noexcept { return reads_; }
    [[nodiscard]] storage_buffers& buffers() noexcept { return *buffers_; }

    /// True when a worker's thread may open a file whose name is in the kernel's cache.
    [[nodiscard]] bool is_local() const noexcept { return is_local_; }
    /// True when all its bytes are in memory, so that no call waits.
    [[nodiscard]] bool is_memory() const noexcept { return is_memory_; }
    /// True when a call has been under way for longer than open_timeout and no other has ended in
    /// that time. Requests for its files are then refused at once. Thread safe.
    [[nodiscard]] bool is_away() const noexcept { return is_away_.load(std::memory_order_relaxed); }
    /// Updates is_away(), and probes the mount point of a device that is away. Returns true when
    /// the state has changed. Called by one thread, several times a second.
    bool judge(time_point now);

    /// Ends the threads that are not stuck in a call, and drops the waiting jobs.
    void stop();

    [[nodiscard]] const core::mount& where() const noexcept { return where_; }

    /// Counts one read of a window. Thread safe.
    void note_read(std::uint64_t bytes, bool has_failed, std::chrono::microseconds took);

    /// Microseconds: 128 us to 34 s in steps of four.
    using read_histogram = histogram<7, 2, 10>;
    /// Any thread may read these.
    struct counts {
        counter bytes;
        counter failures;
        read_histogram time;
    };
    [[nodiscard]] const counts& reads_counted() const noexcept { return counts_; }

  private:
    void probe();

    core::mount where_;
    std::chrono::milliseconds patience_;
    std::shared_ptr<storage_buffers> buffers_;
    bool is_local_;
    bool is_memory_;
    std::atomic<bool> is_away_{false};
    time_point next_probe_{};
    std::mutex counting_; // one writer at a time
    counts counts_;
    lane opens_;
    lane reads_;
};

} // namespace sluice::http
