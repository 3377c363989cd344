#pragma once
// One window of a file on its way from a device to the response that waits for it. Used by
// http/sending/file_body.hpp.

#include "core/media/media_store.hpp"
#include "http/loop/mailbox.hpp"
#include "http/storage/device.hpp"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>

namespace sluice::http {

/// A connection that waits for storage, on a worker's thread.
class storage_waiter {
  public:
    /// Called when the bytes are available, or could not be read.
    virtual void on_storage() = 0;

  protected:
    storage_waiter() = default;
    storage_waiter(const storage_waiter&) = default;
    storage_waiter& operator=(const storage_waiter&) = default;
    ~storage_waiter() = default;
};

/// Shared by the response and the thread that reads.
struct cold_read {
    std::shared_ptr<mailbox> to;
    core::media_handle media; // keeps the descriptor
    std::uint64_t first = 0;
    std::size_t length = 0; // at most storage_buffers::window
    // For the worker's thread only; null: the response does not wait any more, or the read is over.
    storage_waiter* owner = nullptr;
    std::atomic<bool> is_wanted{true}; // false: the response is gone, so nothing is read
    // Written by the reading thread until it has posted, then read by the worker:
    storage_window bytes{};
    std::size_t count = 0; // bytes read; fewer than length when the file ends
    int error = 0;         // errno
    bool is_kept = false;  // the page cache has them, as far as the kernel says
};

/// Reads on a thread of `device` when the turn of `key` comes, and calls the owner. Throws when no
/// thread can be started or memory is short.
void begin_read(std::shared_ptr<cold_read> what, const std::shared_ptr<storage_device>& device,
                std::uint64_t key);

} // namespace sluice::http
