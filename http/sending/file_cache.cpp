#include "http/sending/file_cache.hpp"

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

cached_file_handle file_cache::find(std::string_view key, time_point now) const {
    const auto found = by_key_.find(key);
    if (found == by_key_.end() || found->second->expires <= now) {
        return nullptr;
    }
    return found->second->file;
}

void file_cache::insert(std::string_view key, cached_file_handle file, time_point now) {
    expire(now);
    if (entries_.size() >= with_.files || by_key_.contains(key)) {
        return;
    }
    entries_.push_back(
        {.key = std::string(key), .file = std::move(file), .expires = now + with_.lifetime});
    by_key_.emplace(entries_.back().key, std::prev(entries_.end()));
}

void file_cache::forget(std::string_view key) {
    if (const auto found = by_key_.find(key); found != by_key_.end()) {
        const auto position = found->second;
        by_key_.erase(found); // first: its key is a view into the entry
        entries_.erase(position);
    }
}

void file_cache::expire(time_point now) {
    while (!entries_.empty() && entries_.front().expires <= now) {
        by_key_.erase(entries_.front().key);
        entries_.pop_front();
    }
}

} // namespace sluice::http
