#pragma once
// The state of an open file on one worker: its device, and the bytes of it that are known to be in
// the page cache. All responses of the worker that send the file share it. An entry is valid for at
// most one second after a test, and for at most 750 ms after a read by a thread. It does not read
// the file: http/storage/cold_read.hpp does. For one thread. Used by http/sending/file_body.hpp and
// http/sending/file_cache.hpp.

#include "http/storage/device.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

namespace sluice::http {

class residence {
  public:
    using time_point = std::chrono::steady_clock::time_point;

    residence(std::shared_ptr<storage_device> device, std::uint64_t file_size)
        : device_(std::move(device)), size_(file_size) {}

    [[nodiscard]] const std::shared_ptr<storage_device>& device() const noexcept { return device_; }

    /// True when `length` bytes of `file` from `first` on can be sent without waiting. Tests the
    /// page cache, unless a valid entry answers.
    [[nodiscard]] bool is_warm(int file, std::uint64_t first, std::uint64_t length, time_point now);
    /// Records that a thread has just read the bytes and that the page cache keeps them.
    void learn(std::uint64_t first, std::uint64_t length, time_point now);

  private:
    struct blocks {
        std::uint64_t begin, end;
    };
    /// The blocks that hold at least one of the bytes.
    [[nodiscard]] blocks around(std::uint64_t first, std::uint64_t length) const noexcept;
    /// `which` without the leading blocks that are known to be warm.
    [[nodiscard]] blocks without_known(blocks which, time_point now) const noexcept;
    [[nodiscard]] bool is_known(std::uint64_t which, time_point now) const noexcept;
    void remember(blocks which, time_point now);

    std::shared_ptr<storage_device> device_;
    std::uint64_t size_;
    std::vector<bool> warm_; // by block; empty: none is known
    time_point since_{};     // of the oldest entry in warm_
};

} // namespace sluice::http
