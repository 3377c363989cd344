#include "http/sending/file_cache.hpp"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <utility>

namespace sluice::http {

std::size_t file_cache::key_hash::operator()(std::string_view key) const noexcept {
    constexpr std::uint64_t odd = 0x9E3779B97F4A7C15U; // 2^64 over the golden ratio
    std::uint64_t hash = key.size();
    std::uint64_t word = 0;
    const auto mix = [&] {
        hash = (hash ^ word) * odd;
        hash ^= hash >> 32U;
    };
    for (; key.size() > sizeof word; key.remove_prefix(sizeof word)) {
        std::memcpy(&word, key.data(), sizeof word);
        mix();
    }
    word = 0;
    std::memcpy(&word, key.data(), key.size());
    mix();
    return hash;
}

void file_cache::clear() noexcept {
    by_key_.clear(); // first: its keys are views into the entries
    entries_.clear();
}

cached_file_handle file_cache::find(std::string_view key, time_point now) {
    const auto found = by_key_.find(key);
    if (found == by_key_.end()) {
        return nullptr;
    }
    if (found->second->expires <= now) {
        found->second->is_in_use = true;
        return nullptr;
    }
    return found->second->file;
}

cached_file_handle file_cache::find_stale(std::string_view key, time_point now) const {
    const auto found = by_key_.find(key);
    if (found == by_key_.end() || found->second->expires + with_.stale_lifetime <= now) {
        return nullptr;
    }
    return found->second->file;
}

void file_cache::insert(std::string_view key, cached_file_handle file, time_point now) {
    expire(now);
    if (!entries_.empty() && entries_.size() >= with_.files && entries_.front().expires <= now) {
        erase(entries_.begin());
    }
    if (entries_.size() >= with_.files || by_key_.contains(key)) {
        return;
    }
    entries_.push_back(
        {.key = std::string(key), .file = std::move(file), .expires = now + with_.lifetime});
    by_key_.emplace(entries_.back().key, std::prev(entries_.end()));
}

void file_cache::forget(std::string_view key) {
    if (const auto found = by_key_.find(key); found != by_key_.end()) {
        erase(found->second);
    }
}

void file_cache::erase(std::list<entry>::iterator which) {
    by_key_.erase(which->key); // first: its key is a view into the entry
    entries_.erase(which);
}

// Names of a local disk are in memory with the file. A file server is asked for them, and may not
// respond.
bool file_cache::may_be_needed(const entry& one, time_point now) const noexcept {
    const auto& where = one.file->where;
    if (where == nullptr || where->device()->is_local()) {
        return false;
    }
    const auto patience = one.is_in_use
                              ? with_.stale_lifetime
                              : std::min<std::chrono::milliseconds>(grace, with_.stale_lifetime);
    return now < one.expires + patience;
}

void file_cache::expire(time_point now) {
    for (auto next = entries_.begin(); next != entries_.end() && next->expires <= now;) {
        const auto one = next++;
        if (!may_be_needed(*one, now)) {
            erase(one);
        }
    }
}

} // namespace sluice::http
