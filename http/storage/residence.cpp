#include "http/storage/residence.hpp"

#include "http/storage/page_probe.hpp"

#include <algorithm>

namespace sluice::http {

namespace {

constexpr std::uint64_t block = 65536;
constexpr std::chrono::seconds trust{1};
// Of larger files nothing is remembered: each look costs what it costs, and memory stays small.
constexpr std::uint64_t most_blocks = (std::uint64_t{16} << 30U) / block;

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

void residence::remember(blocks which, time_point now) {
    const auto all = (size_ + block - 1) / block;
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
    // A socket takes less than was offered: of the next offer a part is known.
    const auto which = without_known(around(first, length), now);
    if (which.begin == which.end) {
        return true;
    }
    const auto from = which.begin * block; // whole blocks, so that the answer can be remembered
    const auto to = std::max(std::min(which.end * block, size_), first + length);
    if (look_at_pages(file, from, to - from) != warmth::warm) {
        return false;
    }
    remember(which, now);
    return true;
}

void residence::learn(std::uint64_t first, std::uint64_t length, time_point now) {
    const auto end = first + length;
    const auto begin = (first + block - 1) / block;
    const blocks whole{begin, end >= size_ ? (size_ + block - 1) / block : end / block};
    if (whole.begin < whole.end) {
        remember(whole, now);
    }
}

} // namespace sluice::http
