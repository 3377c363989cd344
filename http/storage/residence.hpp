#pragma once
// Where an open file lies, and which of its bytes a worker knows to be in the page cache. Shared by
// the responses of one worker that send the file. One thread.

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

    /// True when `length` bytes of `file` from `first` on can be sent without waiting. Looks at the
    /// page cache unless somebody has within the last second.
    [[nodiscard]] bool is_warm(int file, std::uint64_t first, std::uint64_t length, time_point now);
    /// They have just been read, and are kept.
    void learn(std::uint64_t first, std::uint64_t length, time_point now);

  private:
    struct blocks {
        std::uint64_t begin, end;
    };
    /// Those that the bytes lie in, at least in part.
    [[nodiscard]] blocks around(std::uint64_t first, std::uint64_t length) const noexcept;
    /// `which` without the first of them that are known to be warm.
    [[nodiscard]] blocks without_known(blocks which, time_point now) const noexcept;
    void remember(blocks which, time_point now);

    std::shared_ptr<storage_device> device_;
    std::uint64_t size_;
    std::vector<bool> warm_; // by block; empty: none is known
    time_point since_{};     // the oldest of what is known
};

} // namespace sluice::http
