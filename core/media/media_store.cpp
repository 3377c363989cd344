#include "core/media/media_store.hpp"

#include "core/media/resolve_path.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <system_error>
#include <utility>

namespace sluice::core {

namespace {

[[noreturn]] void throw_errno(int error, const std::string& what) {
    throw std::system_error(error, std::generic_category(), what);
}

unique_fd open_root(const std::string& root) {
    unique_fd fd(::open(root.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!fd) {
        throw_errno(errno, "media root " + root);
    }
    return fd;
}

media_store::resolver choose(media_store::resolver wanted, int root_fd) {
    if (wanted == media_store::resolver::walk) {
        return wanted;
    }
    const int error = probe_openat2(root_fd);
    if (error == 0) {
        return media_store::resolver::openat2;
    }
    const bool is_absent = error == ENOSYS || error == EPERM;
    if (wanted == media_store::resolver::openat2 || !is_absent) {
        throw_errno(error, "openat2 on the media root");
    }
    return media_store::resolver::walk;
}

/// True when errno is about the name rather than the node. A list of known reasons: for an unknown
/// one, "try again" is a better response than "no such file".
bool is_about_the_name(int error) noexcept {
    constexpr std::array reasons{ENOENT, ENOTDIR, EISDIR, ENAMETOOLONG, EACCES,   EPERM,
                                 ENXIO,  ENODEV,  EINVAL, EILSEQ,       ENOMEDIUM};
    return std::ranges::find(reasons, error) != reasons.end();
}

failure to_failure(int error) noexcept {
    if (error == ELOOP || error == EXDEV) {
        return {errc::media_not_found, symlink_subject};
    }
    if (is_about_the_name(error)) {
        return {errc::media_not_found, {}};
    }
    const char* const name = ::strerrorname_np(error);
    return {errc::media_unavailable, name == nullptr ? "" : name};
}

/// Bytes of the first few entries, "." and ".." included; negative when the disk reports an error.
ssize_t list_some(int fd) noexcept {
    alignas(dirent64) std::array<char, 1024> entries{}; // the longest entry takes 280 bytes
    return ::getdents64(fd, entries.data(), entries.size());
}

/// True when there are entries besides "." and "..": in an empty directory these are the only ones,
/// 24 bytes each. Also true when the disk reports an error.
bool has_entries(int fd) noexcept {
    constexpr ssize_t both_dots = 48;
    return list_some(fd) != both_dots || list_some(fd) != 0;
}

/// For the time types of stat and statx.
template <class Time>
file_time to_file_time(const Time& time) noexcept {
    return {time.tv_sec, static_cast<std::uint32_t>(time.tv_nsec)};
}

media_facts facts_of(const struct stat& found) noexcept {
    return {static_cast<std::uint64_t>(found.st_size), to_file_time(found.st_mtim),
            to_file_time(found.st_ctim)};
}

} // namespace

media_store::media_store(const std::string& root, resolver how, const clock& time)
    : root_(root), root_fd_(open_root(root)), how_(choose(how, root_fd_.get())), time_(time) {}

const clock& media_store::machine() noexcept {
    static const system_clock time;
    return time;
}

result<media_handle> media_store::open(const std::string& relative_path) const {
    if (!is_plain_relative_path(relative_path)) {
        return failure{errc::media_not_found, {}};
    }
    if (is_missing_.load(std::memory_order_relaxed)) {
        return failure{errc::media_unavailable, "media_root_missing"};
    }
    return examine(how_ == resolver::walk ? open_with_walk(root_fd_.get(), relative_path)
                                          : open_with_openat2(root_fd_.get(), relative_path),
                   relative_path);
}

std::optional<result<media_handle>> media_store::open_cached(const std::string& path) const {
    if (how_ == resolver::walk || !is_plain_relative_path(path) ||
        is_missing_.load(std::memory_order_relaxed)) {
        return std::nullopt;
    }
    auto file = open_from_cache(root_fd_.get(), path);
    if (file.error == EAGAIN || file.error == EINVAL) { // EINVAL: an older kernel
        return std::nullopt;
    }
    return examine(std::move(file), path);
}

result<media_handle> media_store::examine(opened_file file, const std::string& path) const {
    if (file.error != 0) {
        return to_failure(file.error);
    }
    const auto now = time_.wall(); // before fstat, so that any later write has a later time stamp
    struct stat found {};
    if (::fstat(file.fd.get(), &found) != 0) {
        return to_failure(errno);
    }
    if (!S_ISREG(found.st_mode)) {
        return failure{errc::media_not_found, {}};
    }
    const auto facts = facts_of(found);
    const auto reused = seen_.note(path, facts, now);
    return std::make_shared<const open_media>(open_media{
        std::move(file.fd), facts, found.st_nlink, found.st_mode, describe(facts, now, reused)});
}

namespace {

// Sends no request to a file server: cached attributes are as recent as those of a cached file.
bool look_at(const open_media& media, struct statx& found) noexcept {
    constexpr int flags = AT_EMPTY_PATH | AT_STATX_DONT_SYNC;
    return ::statx(media.fd.get(), "", flags, STATX_BASIC_STATS, &found) == 0;
}

bool has_facts_of(const open_media& media, const struct statx& found) noexcept {
    return found.stx_size == media.facts.size && to_file_time(found.stx_mtime) == media.facts.mtime;
}

} // namespace

bool is_current(const open_media& media) noexcept {
    struct statx found {};
    return look_at(media, found) && found.stx_nlink > 0 && has_facts_of(media, found) &&
           to_file_time(found.stx_ctime) == media.facts.ctime;
}

std::string_view change_of(const open_media& media) noexcept {
    struct statx found {};
    if (!look_at(media, found)) {
        return {}; // a fault of the file shows when it is read
    }
    if (found.stx_size < media.facts.size) {
        return "file_ended";
    }
    const bool is_touched = to_file_time(found.stx_ctime) != media.facts.ctime &&
                            found.stx_nlink == media.links && found.stx_mode == media.mode;
    return !has_facts_of(media, found) || is_touched ? "file_changed" : std::string_view{};
}

// dup3 atomically replaces the directory behind the number that every thread uses: a thread that
// resolves a path meanwhile has the old one or the new one, and no lock is needed.
media_store::root_state media_store::renew_root() noexcept {
    const auto settle = [this](root_state state) {
        is_missing_.store(state == root_state::missing, std::memory_order_relaxed);
        return state;
    };
    const auto before =
        is_missing_.load(std::memory_order_relaxed) ? root_state::missing : root_state::same;
    const unique_fd found(::open(root_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!found) {
        return settle(is_about_the_name(errno) ? root_state::missing : before);
    }
    struct stat named {};
    struct stat held {};
    if (::fstat(found.get(), &named) != 0) {
        return before;
    }
    const bool is_same = ::fstat(root_fd_.get(), &held) == 0 && named.st_dev == held.st_dev &&
                         named.st_ino == held.st_ino;
    // An empty root is accepted unless it has replaced another directory.
    const bool is_gone = (!is_same || before == root_state::missing) && !has_entries(found.get());
    if (!is_same && ::dup3(found.get(), root_fd_.get(), O_CLOEXEC) < 0) {
        return before;
    }
    if (!is_same) {
        seen_.forget(); // a copy of the same files has other change times
    }
    return settle(is_gone ? root_state::missing
                          : (is_same ? root_state::same : root_state::replaced));
}

bool media_store::is_readable() const noexcept {
    if (is_missing_.load(std::memory_order_relaxed)) {
        return false;
    }
    const unique_fd fd(::openat(root_fd_.get(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    // Opening may succeed from a cache. Listing asks the disk, and fails with ENOENT for a
    // removed directory.
    return fd && list_some(fd.get()) >= 0;
}

} // namespace sluice::core
