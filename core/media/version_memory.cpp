#include "core/media/version_memory.hpp"

#include <algorithm>
#include <functional>

namespace sluice::core {

namespace {

constexpr std::uint64_t suspect_bit = std::uint64_t{1} << 32U;
constexpr std::uint64_t time_mask = suspect_bit - 1;
constexpr std::uint64_t key_mask = ~(time_mask | suspect_bit);

/// The last step of MurmurHash3: each input bit changes about half of the output bits.
constexpr std::uint64_t mixed(std::uint64_t hash, std::uint64_t word) noexcept {
    hash += word;
    hash ^= hash >> 33U;
    hash *= 0xFF51AFD7ED558CCDU;
    hash ^= hash >> 33U;
    hash *= 0xC4CEB9FE1A85EC53U;
    hash ^= hash >> 33U;
    return hash;
}

constexpr std::uint64_t word_of(std::int64_t value) noexcept {
    return static_cast<std::uint64_t>(value);
}

} // namespace

version_memory::version_memory() : slots_(std::make_unique<slot[]>(slots)) {}

reused_validators version_memory::note(std::string_view path, const media_facts& facts,
                                       std::chrono::system_clock::time_point now) noexcept {
    constexpr std::uint64_t for_dates = 1;
    const auto of_path = std::uint64_t{std::hash<std::string_view>{}(path)};
    const auto of_second = mixed(of_path, word_of(facts.mtime.seconds));
    const auto of_tag = mixed(mixed(of_second, facts.mtime.nanoseconds), facts.size);
    return {.tag = is_reused(of_tag, facts, now),
            .date = is_reused(mixed(of_second, for_dates), facts, now)};
}

bool version_memory::is_reused(std::uint64_t key, const media_facts& facts,
                               std::chrono::system_clock::time_point now) noexcept {
    auto& place = slots_[key % slots];
    const auto& ctime = facts.ctime;
    const auto name = key & key_mask;
    const auto time = mixed(word_of(ctime.seconds), ctime.nanoseconds) & time_mask;
    const auto known = place.load(std::memory_order_relaxed);
    const bool is_known = known != 0 && (known & key_mask) == name;
    const bool is_another = is_known && (known & time_mask) != time;
    const auto seconds_now = std::chrono::floor<std::chrono::seconds>(now.time_since_epoch());
    const bool is_recent = ctime.seconds > (seconds_now - doubt).count();
    const bool is_suspect = is_recent && (is_another || (is_known && (known & suspect_bit) != 0));
    if (is_settled(facts, now)) {
        place.store(name | (is_suspect ? suspect_bit : 0) | time, std::memory_order_relaxed);
    }
    return is_suspect;
}

void version_memory::forget() noexcept {
    std::for_each_n(slots_.get(), slots,
                    [](slot& place) { place.store(0, std::memory_order_relaxed); });
}

} // namespace sluice::core
