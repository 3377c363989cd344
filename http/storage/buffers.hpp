#pragma once
// Memory for bytes that were read from a device and have not been sent: a bounded number of windows
// of one size, for all devices and threads together. Used by http/storage/device.hpp and
// http/storage/cold_read.hpp.

#include <condition_variable>
#include <cstddef>
#include <memory>
#include <mutex>
#include <vector>

namespace sluice::http {

class storage_buffers;

/// Gives the window back. Keeps the budget alive.
struct window_return {
    std::shared_ptr<storage_buffers> to;
    void operator()(char* bytes) const noexcept;
};
using storage_window = std::unique_ptr<char[], window_return>;

class storage_buffers : public std::enable_shared_from_this<storage_buffers> {
  public:
    static constexpr std::size_t window = std::size_t{256} * 1024; // bytes

    /// At least two windows.
    explicit storage_buffers(std::size_t bytes);
    ~storage_buffers();
    storage_buffers(const storage_buffers&) = delete;
    storage_buffers& operator=(const storage_buffers&) = delete;

    /// Waits until a window is free. Must not be called on a worker's thread.
    [[nodiscard]] storage_window take();

    /// True when half of the windows are in use. A response whose client is slow then gives its
    /// window back, so that take() never waits for a slow client.
    [[nodiscard]] bool is_short() const;
    [[nodiscard]] std::size_t in_use() const; // bytes

  private:
    friend struct window_return;
    void give_back(char* bytes) noexcept;

    static constexpr std::size_t kept = 32; // windows that are not freed

    const std::size_t most_; // windows
    mutable std::mutex mutex_;
    std::condition_variable changed_;
    std::size_t used_ = 0;
    std::vector<std::unique_ptr<char[]>> free_;
};

} // namespace sluice::http
