#include "http/sending/user_transfers.hpp"

#include <algorithm>
#include <functional>

namespace sluice::http {

user_transfers::place::~place() {
    if (seat_ == nullptr) {
        return;
    }
    auto& user = seat_->of;
    const std::lock_guard lock(user.home);
    if (!seat_->is_displaced.load(std::memory_order_relaxed)) {
        user.downloads.fetch_sub(1, std::memory_order_relaxed);
    }
    user.seats.remove_if([this](const seat& one) { return &one == seat_; });
}

user_transfers::shard& user_transfers::shard_of(std::string_view user_id) noexcept {
    return shards_[std::hash<std::string_view>{}(user_id) % shards_.size()];
}

user_transfers::seat* user_transfers::find_lost(entry& user, const wish& wanted) noexcept {
    if (!wanted.is_resume) {
        return nullptr;
    }
    const auto found = std::ranges::find_if(user.seats, [&wanted](const seat& one) {
        return one.file == wanted.file && !one.is_displaced.load(std::memory_order_relaxed) &&
               wanted.now - one.moved_at.load(std::memory_order_relaxed) >= wanted.takeover_after;
    });
    return found == user.seats.end() ? nullptr : &*found;
}

user_transfers::place user_transfers::take(const wish& wanted) {
    auto& home = shard_of(wanted.user_id);
    const std::lock_guard lock(home.mutex);
    auto found = home.users.find(wanted.user_id);
    if (found == home.users.end()) {
        found = home.users.try_emplace(std::string(wanted.user_id), home.mutex).first;
        size_.fetch_add(1, std::memory_order_relaxed);
    }
    auto& user = found->second;
    // The count is raised under the lock only, so it cannot be higher than the value read here.
    const bool is_full =
        wanted.most != 0 && user.downloads.load(std::memory_order_relaxed) >= wanted.most;
    auto* const lost = is_full ? find_lost(user, wanted) : nullptr;
    if (is_full && lost == nullptr) {
        return {};
    }
    auto& taken = user.seats.emplace_back(user, wanted);
    if (lost != nullptr) {
        lost->is_displaced.store(true, std::memory_order_relaxed);
        displacements_.fetch_add(1, std::memory_order_relaxed);
    } else {
        user.downloads.fetch_add(1, std::memory_order_relaxed);
    }
    return place(taken);
}

void user_transfers::wait(const wish& wanted, time_point until, std::unique_ptr<waiter> one) {
    const std::lock_guard lock(waiting_mutex_); // `one` is destroyed after the lock is given back
    const auto of_user = std::ranges::count(waiting_, wanted.user_id, &waiting::user_id);
    if (waiting_.size() >= most_waiting ||
        static_cast<std::size_t>(of_user) >= most_waiting_of_user) {
        return;
    }
    auto& added =
        waiting_.emplace_back(waiting{std::string(wanted.user_id), wanted, until, std::move(one)});
    added.wanted.user_id = added.user_id;
    waiting_count_.store(waiting_.size(), std::memory_order_relaxed);
}

bool user_transfers::may_take(const wish& wanted) {
    auto& home = shard_of(wanted.user_id);
    const std::lock_guard lock(home.mutex);
    const auto found = home.users.find(wanted.user_id);
    return found == home.users.end() ||
           found->second.downloads.load(std::memory_order_relaxed) < wanted.most ||
           find_lost(found->second, wanted) != nullptr;
}

// One request of a user at a time: the next one is judged when this one has its place.
void user_transfers::serve_waiting(time_point now) {
    std::list<waiting> over; // destroyed, and so rejected, without the lock
    std::list<waiting> woken;
    {
        const std::lock_guard lock(waiting_mutex_);
        for (auto next = waiting_.begin(); next != waiting_.end();) {
            const auto each = next++;
            each->wanted.now = now;
            const bool is_next =
                std::ranges::find(woken, each->user_id, &waiting::user_id) == woken.end();
            if (now >= each->until) {
                over.splice(over.end(), waiting_, each);
            } else if (is_next && may_take(each->wanted)) {
                woken.splice(woken.end(), waiting_, each);
            }
        }
        waiting_count_.store(waiting_.size(), std::memory_order_relaxed);
    }
    for (auto& each : woken) {
        each.one->wake();
    }
}

void user_transfers::expire(time_point now) {
    if (waiting_count_.load(std::memory_order_relaxed) != 0) {
        serve_waiting(now);
    }
    if (size_.load(std::memory_order_relaxed) == 0) {
        return;
    }
    auto& home = shards_[next_to_expire_.fetch_add(1, std::memory_order_relaxed) % shards_.size()];
    const std::lock_guard lock(home.mutex);
    const auto gone = std::erase_if(home.users, [now](const auto& one) {
        return one.second.seats.empty() && one.second.bucket.is_full(now);
    });
    size_.fetch_sub(gone, std::memory_order_relaxed);
}

std::size_t user_transfers::size() const {
    return size_.load(std::memory_order_relaxed);
}

} // namespace sluice::http
