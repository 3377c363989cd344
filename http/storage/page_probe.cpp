#include "http/storage/page_probe.hpp"

#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#ifndef SYS_cachestat
#define SYS_cachestat 451
#endif

namespace sluice::http {

namespace {

constexpr std::uint64_t page = 4096;

warmth look_at_byte(int file, std::uint64_t at) noexcept {
    char byte = 0;
    const iovec into{&byte, 1};
    if (::preadv2(file, &into, 1, static_cast<off_t>(at), RWF_NOWAIT) >=
        0) { // 0: the file has ended
        return warmth::warm;
    }
    return errno == EAGAIN || errno == EINTR ? warmth::cold : warmth::unknown;
}

} // namespace

warmth look_at_pages(int file, std::uint64_t first, std::uint64_t length, stride apart,
                     bool follows_warm) noexcept {
    const auto last = first + length - 1;
    const auto next = [step = static_cast<std::uint64_t>(apart)](std::uint64_t at) {
        return (at / step + 1) * step;
    };
    for (auto at = follows_warm ? next(first) : first; at < last; at = next(at)) {
        if (const auto found = look_at_byte(file, at); found != warmth::warm) {
            return found;
        }
    }
    return look_at_byte(file, last);
}

warmth are_kept(int file, std::uint64_t first, std::uint64_t length) noexcept {
    struct {
        std::uint64_t offset, length;
    } const range{first, length};
    struct {
        std::uint64_t cached, dirty, writeback, evicted, recently_evicted;
    } found{};
    if (::syscall(SYS_cachestat, file, &range, &found, 0) != 0) {
        return warmth::unknown;
    }
    const auto pages = (first + length - 1) / page - first / page + 1;
    return found.cached >= pages ? warmth::warm : warmth::cold;
}

} // namespace sluice::http
