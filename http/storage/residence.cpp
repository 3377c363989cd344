#include "http/storage/residence.hpp"

#include "http/storage/page_probe.hpp"

#include <algorithm>

namespace sluice::http {

namespace {

constexpr std::uint64_t block = 65536;
// A transfer that was warm so far tests 4 MiB at once. A socket accepts less than that at a time,
// and a test for each part would cost more system calls.
constexpr std::uint64_t blocks_ahead = (std::uint64_t{4} << 20U) / block;
constexpr std::chrono::seconds trust{1};
// A read of a FUSE file asks the server again when the attributes are one second old. Bytes that a
// thread has read are therefore trusted for 250 ms less than a second.
constexpr std::chrono::milliseconds margin{250};
// Nothing is remembered for larger files: the memory for one file is at most 32 KiB.
constexpr std::uint64_t most_blocks = (std::uint64_t{16} << 30U) / block;

std::uint64_t blocks_of(std::uint64_t file_size) noexcept {
    return (file_size + block - 1) / block;
}

} // namespace

residence::blocks residence::around(std::uint64_t first, std::uint64_t length) const noexcept {
    return {first / block, (first + length + block - 1) / block};
}

residence::blocks residence::without_known(blocks which, time_point now) const noexcept {
    if (now - since_ > trust || which.end > warm_.size()) {
        return which;
    }
    while (which.begin < which.end && warm_[which.begin]) {
        ++which.begin;
    }
    return which;
}

bool residence::is_known(std::uint64_t which, time_point now) const noexcept {
    return now - since_ <= trust && which < warm_.size() && warm_[which];
}

void residence::remember(blocks which, time_point now) {
    const auto all = blocks_of(size_);
    if (all > most_blocks || which.end > all) {
        return;
    }
    if (warm_.empty() || now - since_ > trust) {
        warm_.assign(all, false);
        since_ = now;
    }
    std::fill(warm_.begin() + static_cast<std::ptrdiff_t>(which.begin),
              warm_.begin() + static_cast<std::ptrdiff_t>(which.end), true);
}

bool residence::is_warm(int file, std::uint64_t first, std::uint64_t length, time_point now) {
    // A socket may accept fewer bytes than were offered. The first blocks are known in that case.
    const auto which = without_known(around(first, length), now);
    if (which.begin == which.end) {
        return true;
    }
    const bool follows_warm = which.begin > 0 && is_known(which.begin - 1, now);
    // Tests whole blocks, so that the result can be remembered.
    const auto look = [&](blocks asked, stride apart) {
        const auto from = asked.begin * block;
        const auto to = std::min(asked.end * block, size_);
        const auto seen = look_at_pages(file, from, to - from, apart, follows_warm);
        if (seen == warmth::warm) {
            remember(asked, now);
        }
        return seen;
    };
    const blocks ahead{which.begin, std::min(which.begin + blocks_ahead, blocks_of(size_))};
    if (follows_warm && ahead.end > which.end && look(ahead, stride::far) == warmth::warm) {
        return true;
    }
    return look(which, stride::near) == warmth::warm;
}

void residence::learn(std::uint64_t first, std::uint64_t length, time_point now) {
    const auto end = first + length;
    const auto begin = (first + block - 1) / block;
    const blocks whole{begin, end >= size_ ? blocks_of(size_) : end / block};
    if (whole.begin < whole.end) {
        remember(whole, now - margin);
    }
}

} // namespace sluice::http
