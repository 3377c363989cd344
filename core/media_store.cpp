#include "core/media_store.hpp"

#include "core/resolve_path.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
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

/// What errno says about the name rather than about the node. A whitelist: a reason we do not know
/// is better answered with "try again" than with "no such file".
bool is_about_the_name(int error) noexcept {
    constexpr std::array reasons{ENOENT, ENOTDIR, EISDIR, ENAMETOOLONG, EACCES,   EPERM,
                                 ENXIO,  ENODEV,  EINVAL, EILSEQ,       ENOMEDIUM};
    return std::ranges::find(reasons, error) != reasons.end();
}

failure to_failure(int error) noexcept {
    if (error == ELOOP || error == EXDEV) {
        return {errc::media_not_found, symlink_subject};
    }
    return {is_about_the_name(error) ? errc::media_not_found : errc::media_unavailable, {}};
}

/// Saturates: some file systems hold times that nanoseconds in 64 bits cannot (past the year 2262).
std::int64_t to_nanoseconds(const timespec& time) noexcept {
    constexpr std::int64_t per_second = 1'000'000'000;
    constexpr std::int64_t limit = INT64_MAX / per_second - 1;
    const auto seconds = std::clamp<std::int64_t>(time.tv_sec, -limit, limit);
    return seconds * per_second + time.tv_nsec;
}

} // namespace

media_store::media_store(const std::string& root, resolver how)
    : root_(root), root_fd_(open_root(root)), how_(choose(how, root_fd_.get())) {}

result<media_handle> media_store::open(const std::string& relative_path) const {
    if (!is_plain_relative_path(relative_path)) {
        return failure{errc::media_not_found, {}};
    }
    opened_file file = how_ == resolver::walk ? open_with_walk(root_fd_.get(), relative_path)
                                              : open_with_openat2(root_fd_.get(), relative_path);
    if (file.error != 0) {
        return to_failure(file.error);
    }
    struct stat found {};
    if (::fstat(file.fd.get(), &found) != 0) {
        return to_failure(errno);
    }
    if (!S_ISREG(found.st_mode)) {
        return failure{errc::media_not_found, {}};
    }
    const media_facts facts{static_cast<std::uint64_t>(found.st_size),
                            to_nanoseconds(found.st_mtim)};
    return std::make_shared<const open_media>(
        open_media{std::move(file.fd), facts, to_nanoseconds(found.st_ctim), describe(facts)});
}

bool is_current(const open_media& media) noexcept {
    struct stat found {};
    return ::fstat(media.fd.get(), &found) == 0 && found.st_nlink > 0 &&
           static_cast<std::uint64_t>(found.st_size) == media.facts.size &&
           to_nanoseconds(found.st_mtim) == media.facts.mtime_ns &&
           to_nanoseconds(found.st_ctim) == media.ctime_ns;
}

bool media_store::is_readable() const noexcept {
    const unique_fd fd(::openat(root_fd_.get(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!fd) {
        return false;
    }
    // Opening answers from the cache. Listing asks the disk, and says ENOENT of a removed
    // directory.
    alignas(dirent64) std::array<char, 1024> entries{}; // the longest entry takes 280 bytes
    return ::getdents64(fd.get(), entries.data(), entries.size()) >= 0;
}

} // namespace sluice::core
