#pragma once
// One file system that media lie on: the threads that wait for it, whether it answers at all, and
// what is counted of it. http/storage/storage.hpp finds the device of a path.

#include "core/storage/mount_table.hpp"
#include "http/storage/buffers.hpp"
#include "http/storage/lane.hpp"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

namespace sluice::http {

struct storage_settings {
    unsigned threads = 16;                       // that read, for each device
    std::size_t memory = std::size_t{64} << 20U; // bytes of windows, for all of them
    std::chrono::milliseconds open_timeout{5000};
};

class storage_device {
  public:
    using time_point = lane::time_point;

    storage_device(core::mount where, const storage_settings& with,
                   std::shared_ptr<storage_buffers> buffers);

    /// What one call does: opening, facts, small files, listing, closing.
    [[nodiscard]] lane& opens() noexcept { return opens_; }
    /// Windows of large files.
    [[nodiscard]] lane& reads() noexcept { return reads_; }
    [[nodiscard]] storage_buffers& buffers() noexcept { return *buffers_; }

    /// A file whose name is in the kernel's cache may be opened on a worker's thread.
    [[nodiscard]] bool is_local() const noexcept { return is_local_; }
    /// All its bytes lie in memory: nothing of it waits.
    [[nodiscard]] bool is_memory() const noexcept { return is_memory_; }
    /// A call has not ended for longer than open_timeout, and none has ended since: whoever would
    /// begin another is told so at once. Thread safe.
    [[nodiscard]] bool is_away() const noexcept { return is_away_.load(std::memory_order_relaxed); }
    /// Judges that anew, several times a second; tries the mount point of one that is away. True
    /// when it has changed. One thread.
    bool judge(time_point now);

    /// Its threads end, as far as they come back, and what waits for them is dropped.
    void stop();

    [[nodiscard]] const core::mount& where() const noexcept { return where_; }

    // Thread safe:
    std::atomic<std::uint64_t> bytes_read{0};
    std::atomic<std::uint64_t> reads_done{0};
    std::atomic<std::uint64_t> reads_failed{0};
    std::atomic<std::uint64_t> read_microseconds{0};

  private:
    void probe();

    core::mount where_;
    std::chrono::milliseconds patience_;
    std::shared_ptr<storage_buffers> buffers_;
    bool is_local_;
    bool is_memory_;
    std::atomic<bool> is_away_{false};
    time_point next_probe_{};
    lane opens_;
    lane reads_;
};

} // namespace sluice::http
