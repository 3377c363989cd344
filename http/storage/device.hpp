#pragma once
// A storage device: one mounted file system that holds media, with the two lanes of threads that
// call it, its state and its metrics. It does not find the device of a path and does not choose the
// time of its checks: http/storage/storage.hpp does both. Used by http/handlers/open_file.hpp,
// http/handlers/ops_handlers, http/storage/cold_read and http/storage/residence.hpp.

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
    unsigned threads = 16;                       // reading threads of each device
    std::size_t memory = std::size_t{64} << 20U; // bytes of windows, for all devices
    std::chrono::milliseconds open_timeout{5000};
};

class storage_device {
  public:
    using time_point = lane::time_point;

    storage_device(core::mount where, const storage_settings& with,
                   std::shared_ptr<storage_buffers> buffers);

    /// The lane of single calls: open, stat, list, close, and reads of small files. On NFS and FUSE
    /// it also reads windows that are in the page cache.
    [[nodiscard]] lane& opens() noexcept { return opens_; }
    /// The lane that reads windows of files.
    [[nodiscard]] lane& reads() noexcept { return reads_; }
    [[nodiscard]] storage_buffers& buffers() noexcept { return *buffers_; }

    /// True when opening contacts no server: a worker's thread then opens a file if its name is in
    /// the kernel's cache.
    [[nodiscard]] bool is_local() const noexcept { return is_local_; }
    /// True when the device keeps all files in memory, so that no call waits.
    [[nodiscard]] bool is_memory() const noexcept { return is_memory_; }
    /// True when the device does not respond: a call has lasted longer than open_timeout, and no
    /// other call has ended in that time. Requests for its files then get 503 at once. Thread safe.
    [[nodiscard]] bool is_away() const noexcept { return is_away_.load(std::memory_order_relaxed); }
    /// Updates is_away(), and probes the mount point of a device that is away, once a second.
    /// Returns true when the state has changed. The watching thread of http/storage/storage.hpp
    /// calls it ten times a second.
    bool judge(time_point now);

    /// Drops the waiting jobs and ends the threads (lane::stop).
    void stop();

    [[nodiscard]] const core::mount& where() const noexcept { return where_; }

    /// Counts one read of a window. Thread safe.
    void note_read(std::uint64_t bytes, bool has_failed, std::chrono::microseconds took);

    /// In microseconds: from 128 us to 34 s, each bound four times the one before.
    using read_histogram = histogram<7, 2, 10>;
    /// Any thread may read these counters.
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
