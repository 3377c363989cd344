#pragma once
// One read of up to 256 KiB of a file: a thread of the file's device reads the bytes into a window
// and then calls the response that waits for them, on the response's worker thread. It does not
// decide what is read, and it sends nothing: http/sending/file_body.hpp, its user, does.

#include "core/media/media_store.hpp"
#include "http/loop/mailbox.hpp"
#include "http/storage/device.hpp"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>

namespace sluice::http {

/// The connection that waits for a read. Lives on a worker's thread.
class storage_waiter {
  public:
    /// Called on the worker's thread when the bytes have been read, or when the read has failed.
    virtual void on_storage() = 0;

  protected:
    storage_waiter() = default;
    storage_waiter(const storage_waiter&) = default;
    storage_waiter& operator=(const storage_waiter&) = default;
    ~storage_waiter() = default;
};

/// The state of one read, shared by the response and the thread that reads.
struct cold_read {
    std::shared_ptr<mailbox> to;
    core::media_handle media; // keeps the file open
    std::uint64_t first = 0;
    std::size_t length = 0; // at most storage_buffers::window
    // Used on the worker's thread only. Null: the response does not wait any more, or the read has
    // ended.
    storage_waiter* owner = nullptr;
    std::atomic<bool> is_wanted{true}; // false: the response has ended; a read not begun is skipped
    // The reading thread writes these before it posts to the worker; then the worker reads them:
    storage_window bytes{};
    std::size_t count = 0; // bytes read; fewer than length if the file ends or an error follows
    int error = 0;         // errno of a read that gave no bytes
    bool is_kept = false;  // cachestat(2) counts all of them in the page cache
};

/// Queues the read for a thread of `device`, which calls the owner when it has ended. Returns at
/// once. `key` stands for the user: users take turns (lane::turn). Throws std::exception when no
/// thread can be started or memory runs out.
void begin_read(std::shared_ptr<cold_read> what, const std::shared_ptr<storage_device>& device,
                std::uint64_t key);

} // namespace sluice::http
