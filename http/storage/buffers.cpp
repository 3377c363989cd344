#include "http/storage/buffers.hpp"

#include <algorithm>

namespace sluice::http {

void window_return::operator()(char* bytes) const noexcept {
    to->give_back(bytes);
}

storage_buffers::storage_buffers(std::size_t bytes)
    : most_(std::max<std::size_t>(bytes / window, 2)) {
    free_.reserve(kept);
}

storage_buffers::~storage_buffers() = default;

storage_window storage_buffers::take() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return used_ < most_; });
    std::unique_ptr<char[]> bytes;
    if (free_.empty()) {
        bytes = std::make_unique_for_overwrite<char[]>(window);
    } else {
        bytes = std::move(free_.back());
        free_.pop_back();
    }
    ++used_;
    return {bytes.release(), window_return{shared_from_this()}};
}

void storage_buffers::give_back(char* bytes) noexcept {
    std::unique_ptr<char[]> owned(bytes);
    {
        const std::lock_guard guard(mutex_);
        --used_;
        if (free_.size() < kept) {
            free_.push_back(std::move(owned)); // reserved: does not allocate
        }
    }
    changed_.notify_one();
}

bool storage_buffers::is_short() const {
    const std::lock_guard guard(mutex_);
    return used_ * 2 >= most_;
}

std::size_t storage_buffers::in_use() const {
    const std::lock_guard guard(mutex_);
    return used_ * window;
}

} // namespace sluice::http
