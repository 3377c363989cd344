#include "store/grant_book.hpp"

#include <utility>

namespace sluice::store {

namespace {

/// Unambiguous: no identifier holds a '/'.
std::string key_of(std::string_view user_id, const core::media_place& place) {
    std::string key;
    for (const auto part :
         {user_id, place.trainer_id, place.course_id, place.module_id, place.lesson_id}) {
        key.append(part).append("/");
    }
    return key;
}

} // namespace

grant_book::grant_book(connection_pool& pool, const settings& with)
    : pool_(pool), with_(with), by_key_(0, keyed_hash{crypto::random_siphash_key()}) {}

std::optional<core::standing> grant_book::recall(std::string_view user_id,
                                                 const core::media_place& place, std::int64_t wall,
                                                 time_point now) {
    const auto key = key_of(user_id, place);
    const std::lock_guard lock(mutex_);
    const auto found = by_key_.find(key);
    if (found == by_key_.end()) {
        return std::nullopt;
    }
    if (now >= found->second->until) {
        drop(found->second);
        return std::nullopt;
    }
    return core::standing_of(found->second->windows, wall);
}

core::store_result<core::standing> grant_book::ask(std::string_view user_id,
                                                   const core::media_place& place,
                                                   std::int64_t wall, std::string_view trace_id) {
    const auto since = epoch();
    using answer = core::store_result<std::vector<core::validity>>;
    auto windows = pool_.ask([&](core::access_store& in) -> answer {
        if (const auto named = in.name_trace(trace_id); !named) {
            return named.error();
        }
        return in.windows_of(user_id, place);
    });
    if (!windows) {
        return windows.error();
    }
    const auto found = core::standing_of(*windows, wall);
    remember(key_of(user_id, place), std::move(*windows), since);
    return found;
}

std::uint64_t grant_book::epoch() {
    const std::lock_guard lock(mutex_);
    return epoch_;
}

void grant_book::remember(std::string key, std::vector<core::validity> windows,
                          std::uint64_t since) {
    const auto until = std::chrono::steady_clock::now() + with_.lifetime;
    const std::lock_guard lock(mutex_);
    if (!is_live_ || since != epoch_ || with_.entries == 0) {
        return;
    }
    if (const auto known = by_key_.find(key); known != by_key_.end()) {
        drop(known->second);
    } else if (entries_.size() >= with_.entries) {
        drop(entries_.begin());
    }
    const auto added = entries_.insert(entries_.end(), {std::move(key), std::move(windows), until});
    by_key_.emplace(added->key, added);
}

void grant_book::drop(order::iterator which) {
    by_key_.erase(which->key);
    entries_.erase(which);
}

void grant_book::forget(bool is_live) {
    const std::lock_guard lock(mutex_);
    ++epoch_;
    is_live_ = is_live;
    by_key_.clear();
    entries_.clear();
}

} // namespace sluice::store
