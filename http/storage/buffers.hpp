#pragma once
// A pool of buffers (windows) of 256 KiB for file bytes that were read from a device and have not
// been sent. storage.memory bounds their total size, for all devices and threads together. The pool
// reads and sends nothing. Used by http/storage/device.hpp and http/storage/cold_read.hpp.

#include <condition_variable>
#include <cstddef>
#include <memory>
#include <mutex>
#include <vector>

namespace sluice::http {

class storage_buffers;

/// The deleter of a window: returns it to the pool, which it keeps alive.
struct window_return {
    std::shared_ptr<storage_buffers> to;
    void operator()(char* bytes) const noexcept;
};
using storage_window = std::unique_ptr<char[], window_return>;

class storage_buffers : public std::enable_shared_from_this<storage_buffers> {
  public:
    static constexpr std::size_t window = std::size_t{256} * 1024; // bytes

    /// `bytes` is the maximum total size, rounded down to whole windows, but at least two windows.
    explicit storage_buffers(std::size_t bytes);
    ~storage_buffers();
    storage_buffers(const storage_buffers&) = delete;
    storage_buffers& operator=(const storage_buffers&) = delete;

    /// Blocks until a window is free. Must not be called on a worker's thread.
    [[nodiscard]] storage_window take();

    /// True when at least half of the windows are in use. A response that waits for its client then
    /// returns its window (file_body), so that slow clients do not block take().
    [[nodiscard]] bool is_short() const;
    [[nodiscard]] std::size_t in_use() const; // bytes

  private:
    friend struct window_return;
    void give_back(char* bytes) noexcept;

    static constexpr std::size_t kept = 32; // maximum number of free windows in the pool

    const std::size_t most_; // windows
    mutable std::mutex mutex_;
    std::condition_variable changed_;
    std::size_t used_ = 0;
    std::vector<std::unique_ptr<char[]>> free_;
};

} // namespace sluice::http
