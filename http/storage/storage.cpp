#include "http/storage/storage.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <climits>
#include <exception>
#include <fstream>
#include <iterator>
#include <utility>
#include <vector>

namespace sluice::http {

namespace {

constexpr std::chrono::milliseconds tick{100};
constexpr int ticks_per_look = 10; // the mount table is read once a second

// The present path of an open directory. The kernel has it in memory and does not call the file
// system.
std::string path_of(int directory) {
    std::array<char, PATH_MAX> path{};
    const auto link = "/proc/self/fd/" + std::to_string(directory);
    const auto size = ::readlink(link.c_str(), path.data(), path.size());
    return {path.data(), static_cast<std::size_t>(std::max<ssize_t>(size, 0))};
}

} // namespace

storage::storage(const storage_settings& with, change_handler on_change)
    : with_(with), on_change_(std::move(on_change)),
      buffers_(std::make_shared<storage_buffers>(with.memory)) {
    read_mounts();
    watcher_ = std::thread([this] { watch(); });
}

storage::~storage() {
    {
        const std::lock_guard guard(mutex_);
        is_stopping_ = true;
    }
    stopped_.notify_all();
    watcher_.join();
    for (const auto& one : devices()) {
        one->stop(); // waiting jobs keep their device alive
    }
}

std::shared_ptr<storage_device> storage::device_of(int root_fd, std::string_view name) {
    auto path = path_of(root_fd);
    path.append("/").append(name);
    const std::lock_guard guard(mutex_);
    const auto* const found = mounts_.find(path);
    const core::mount where = found != nullptr ? *found : core::mount{"0:0", "/", ""};
    auto& device = devices_[where.device];
    if (!device) {
        device = std::make_shared<storage_device>(where, with_, buffers_);
    }
    return device;
}

std::vector<std::shared_ptr<storage_device>> storage::devices() const {
    std::vector<std::shared_ptr<storage_device>> all;
    const std::lock_guard guard(mutex_);
    for (const auto& [number, device] : devices_) {
        all.push_back(device);
    }
    return all;
}

void storage::read_mounts() {
    std::ifstream file("/proc/self/mountinfo");
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    core::mount_table next(text);
    const std::lock_guard guard(mutex_);
    mounts_ = std::move(next);
}

void storage::watch() {
    for (int round = 0;; ++round) {
        {
            std::unique_lock lock(mutex_);
            if (stopped_.wait_for(lock, tick, [this] { return is_stopping_; })) {
                return;
            }
        }
        try {
            if (round % ticks_per_look == 0) {
                read_mounts();
            }
            for (const auto& one : devices()) {
                if (one->judge(std::chrono::steady_clock::now())) {
                    on_change_(*one);
                }
            }
            tell_waiters();
        } catch (const std::exception&) { // out of memory: the next round tries again
        }
    }
}

void storage::tell_when_away(std::shared_ptr<storage_device> device,
                             std::weak_ptr<away_waiter> who) {
    const std::lock_guard guard(mutex_);
    waiters_.push_back({std::move(device), std::move(who)});
}

// Calls the waiters without the lock: a waiter may hold the last reference to an object whose
// destructor uses a device.
void storage::tell_waiters() {
    std::vector<std::shared_ptr<away_waiter>> present;
    {
        const std::lock_guard guard(mutex_);
        std::erase_if(waiters_, [](const waiting& one) { return one.who.expired(); });
        for (const auto& [device, who] : waiters_) {
            if (auto held = device->is_away() ? who.lock() : nullptr) {
                present.push_back(std::move(held));
            }
        }
    }
    for (const auto& one : present) {
        one->on_away();
    }
}

} // namespace sluice::http
