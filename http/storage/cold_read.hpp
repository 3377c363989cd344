#pragma once
// One window of a file on its way from a device to the response that waits for it.

#include "core/media/media_store.hpp"
#include "http/loop/mailbox.hpp"
#include "http/storage/device.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>

namespace sluice::http {

/// Who waits for storage, on a worker's thread.
class storage_waiter {
  public:
    /// What was waited for is there, or has failed.
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
    // The worker's thread only; null: nobody waits any more, or it is over.
    storage_waiter* owner = nullptr;
    // The reading thread's until it has posted, then the worker's:
    storage_window bytes{};
    std::size_t count = 0; // of bytes that were read; fewer than length where the file has ended
    int error = 0;         // errno
    bool is_kept = false;  // in the page cache, as far as anybody can tell
};

/// Reads on one of the threads of `device`, as `key`'s turn comes, and tells the owner. Throws when
/// there is neither a thread nor memory.
void begin_read(std::shared_ptr<cold_read> what, const std::shared_ptr<storage_device>& device,
                std::uint64_t key);

} // namespace sluice::http
