#include "http/sending/user_transfers.hpp"

#include <functional>

namespace sluice::http {

user_transfers::shard& user_transfers::shard_of(std::string_view user_id) noexcept {
    return shards_[std::hash<std::string_view>{}(user_id) % shards_.size()];
}

user_transfers::place user_transfers::take(std::string_view user_id, std::uint32_t most) {
    auto& home = shard_of(user_id);
    const std::lock_guard lock(home.mutex);
    auto found = home.users.find(user_id);
    if (found == home.users.end()) {
        found = home.users.try_emplace(std::string(user_id)).first;
        size_.fetch_add(1, std::memory_order_relaxed);
    }
    auto& user = found->second;
    // The count is raised under the lock only, so it cannot be higher than the value read here.
    if (most != 0 && user.downloads.load(std::memory_order_relaxed) >= most) {
        return {};
    }
    user.downloads.fetch_add(1, std::memory_order_relaxed);
    return place(user);
}

void user_transfers::expire(time_point now) {
    if (size_.load(std::memory_order_relaxed) == 0) {
        return;
    }
    auto& home = shards_[next_to_expire_.fetch_add(1, std::memory_order_relaxed) % shards_.size()];
    const std::lock_guard lock(home.mutex);
    const auto gone = std::erase_if(home.users, [now](const auto& one) {
        return one.second.downloads.load(std::memory_order_relaxed) == 0 &&
               one.second.bucket.is_full(now);
    });
    size_.fetch_sub(gone, std::memory_order_relaxed);
}

std::size_t user_transfers::size() const {
    return size_.load(std::memory_order_relaxed);
}

} // namespace sluice::http
