#pragma once
// All storage devices of the process, and the thread that watches whether they respond. Finds the
// device of a path by the mount table. It opens and reads no media: the jobs of its users do. It
// lives as long as the process. Created by app/service/application; used by http/handlers.

#include "http/storage/device.hpp"

#include <chrono>
#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace sluice::http {

/// A request that waits for a call to a device.
class away_waiter {
  public:
    virtual ~away_waiter() = default;
    /// The device is away: the call may not end for a long time. Called on the watching thread,
    /// several times.
    virtual void on_away() = 0;

  protected:
    away_waiter() = default;
    away_waiter(const away_waiter&) = default;
    away_waiter& operator=(const away_waiter&) = default;
};

class storage {
  public:
    /// Called on the watching thread when a device stops responding, and when it responds again.
    using change_handler = std::function<void(const storage_device&)>;

    storage(const storage_settings& with, change_handler on_change);
    ~storage();
    storage(const storage&) = delete;
    storage& operator=(const storage&) = delete;

    /// The device of `name` below the directory that is open as `root_fd`. Compares the text of
    /// paths only, and therefore waits for no file system. Thread safe.
    [[nodiscard]] std::shared_ptr<storage_device> device_of(int root_fd, std::string_view name);

    /// From now on, calls `who` ten times a second while `device` is away, until it is destroyed.
    /// Thread safe.
    void tell_when_away(std::shared_ptr<storage_device> device, std::weak_ptr<away_waiter> who);

    /// All devices found so far. Thread safe.
    [[nodiscard]] std::vector<std::shared_ptr<storage_device>> devices() const;
    [[nodiscard]] const storage_buffers& buffers() const noexcept { return *buffers_; }

  private:
    struct waiting {
        std::shared_ptr<storage_device> device;
        std::weak_ptr<away_waiter> who;
    };

    void watch();
    void tell_waiters();
    void read_mounts();

    storage_settings with_;
    change_handler on_change_;
    std::shared_ptr<storage_buffers> buffers_;
    mutable std::mutex mutex_;
    std::condition_variable stopped_;
    bool is_stopping_ = false;
    std::vector<waiting> waiters_;
    core::mount_table mounts_{""};
    std::map<std::string, std::shared_ptr<storage_device>, std::less<>>
        devices_;         // by device number
    std::thread watcher_; // last: it uses the other members
};

} // namespace sluice::http
