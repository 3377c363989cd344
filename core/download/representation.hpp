#pragma once
// The metadata of one version of a file for a response (RFC 9110 §3.2, §8.8). Made once when the
// file is opened, from fstat of the open descriptor, never from a second look at its name. Made by
// core/media/media_store; used by core/download and http.

#include <chrono>
#include <compare>
#include <cstdint>
#include <string>

namespace sluice::core {

/// An instant as file systems keep it: 64-bit seconds plus nanoseconds. A 64-bit count of
/// nanoseconds would end in the year 2262.
struct file_time {
    std::int64_t seconds = 0;      // since the Unix epoch, rounded down
    std::uint32_t nanoseconds = 0; // below 1'000'000'000

    friend auto operator<=>(const file_time&, const file_time&) = default;
};

/// From fstat of the open descriptor.
struct media_facts {
    std::uint64_t size = 0; // bytes
    file_time mtime;        // set by the site: it is copied with the file
    file_time ctime;        // set by the kernel at every change; no program can set it

    friend bool operator==(const media_facts&, const media_facts&) = default;
};

/// An mtime up to this value (seconds) is a placeholder, not a date: archives, image builders and
/// broken clocks write 0 or 1 when they do not know the time, and two versions of a file would then
/// share a date.
inline constexpr std::int64_t last_placeholder_mtime = 1;

/// A file written less than this ago may be written again and keep its mtime: some file systems
/// have a resolution of two seconds, and Linux before 6.13 of one tick.
inline constexpr std::chrono::seconds settling_time{2};

/// The same for the ctime of a file whose mtime is older (touch, cp -p, rsync): longer than a tick
/// of any kernel. When the ctime has no fraction, the file system keeps none and settling_time
/// applies.
inline constexpr std::chrono::milliseconds ctime_tick{20};

/// True when every later write to the file will change its times.
[[nodiscard]] bool is_settled(const media_facts& facts,
                              std::chrono::system_clock::time_point now) noexcept;

/// This process's memory of the name: whether it was seen with another ctime and the same
/// validator, which another version may then have had.
struct reused_validators {
    bool tag = false;  // the same size and mtime
    bool date = false; // the same second
};

/// The validators of that version, ready to be sent. Metadata, not a response: when last_modified
/// lies ahead of the Date field, Last-Modified must carry the value of Date instead (RFC 9110
/// §8.8.2.1).
struct representation {
    std::uint64_t size = 0;         // bytes
    std::int64_t last_modified = 0; // mtime; seconds since the Unix epoch, rounded down
    /// The second since which the file has this version; dates of requests are compared with it.
    /// The mtime; or the ctime when that is earlier, because the mtime lies in the future and
    /// Last-Modified was the Date of some response since. Also the ctime when another version had
    /// the date.
    std::int64_t unmodified_since = 0;
    std::string etag;               // strong, quotes included; empty when none is reliable
    std::string last_modified_text; // IMF-fixdate; empty when none is reliable

    /// True when unmodified_since is reliable enough to reject a request.
    [[nodiscard]] bool is_dated() const noexcept { return last_modified > last_placeholder_mtime; }
    /// True when clients get a date and may send it back.
    [[nodiscard]] bool gives_date() const noexcept { return !last_modified_text.empty(); }
};

/// The same file gives the same validators on every replica: no inode, no host data in them. `now`
/// and the ctime only decide whether there are any: none for a placeholder mtime, none before the
/// file has settled, none that `reused` says another version may have had.
[[nodiscard]] representation describe(const media_facts& facts,
                                      std::chrono::system_clock::time_point now,
                                      reused_validators reused = {});

} // namespace sluice::core
