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

    /// All devices found so far. Thread safe.
    [[nodiscard]] std::vector<std::shared_ptr<storage_device>> devices() const;
    [[nodiscard]] const storage_buffers& buffers() const noexcept { return *buffers_; }

  private:
    void watch();
    void read_mounts();

    storage_settings with_;
    change_handler on_change_;
    std::shared_ptr<storage_buffers> buffers_;
    mutable std::mutex mutex_;
    std::condition_variable stopped_;
    bool is_stopping_ = false;
    core::mount_table mounts_{""};
    std::map<std::string, std::shared_ptr<storage_device>, std::less<>>
        devices_;         // by device number
    std::thread watcher_; // last: it uses the other members
};

} // namespace sluice::http
