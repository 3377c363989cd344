#pragma once
// The device of an open file, and the bytes of it that a worker knows to be in the page cache. The
// responses of one worker that send the file share it. For one thread. Used by
// http/sending/file_body.hpp and http/sending/file_cache.hpp.

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

    /// True when `length` bytes of `file` from `first` on can be sent without waiting. Asks the
    /// page cache, unless the answer is known from the last second.
    [[nodiscard]] bool is_warm(int file, std::uint64_t first, std::uint64_t length, time_point now);
    /// Notes that the bytes have just been read and are in the page cache.
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
