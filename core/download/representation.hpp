#pragma once
// What a response says about one version of a file (RFC 9110 §3.2, §8.8): made once when the file
// is opened, from the open descriptor's own facts, never from a second look at its name. Called by
// media_store; read by download_plan and by whoever writes the response.

#include <chrono>
#include <compare>
#include <cstdint>
#include <string>

namespace sluice::core {

/// A moment as file systems keep it: any second of 64 bits, where nanoseconds in 64 bits end in the
/// year 2262.
struct file_time {
    std::int64_t seconds = 0;      // since the Unix epoch, rounded down
    std::uint32_t nanoseconds = 0; // below 1'000'000'000

    friend auto operator<=>(const file_time&, const file_time&) = default;
};

/// From fstat of the open descriptor.
struct media_facts {
    std::uint64_t size = 0; // bytes
    file_time mtime;        // what the site says: it is copied with the file
    file_time ctime; // what the kernel saw: it moves with every change, and nobody can set it

    friend bool operator==(const media_facts&, const media_facts&) = default;
};

/// An mtime up to here (seconds) dates nothing: archives, image builders and broken clocks write 0
/// or 1 where they do not know, and two versions of a file would then share a date.
inline constexpr std::int64_t last_placeholder_mtime = 1;

/// A file that was written less than this ago may be written again and keep its mtime: some file
/// systems keep times of two seconds, and Linux before 6.13 of one tick.
inline constexpr std::chrono::seconds settling_time{2};

/// The same for the ctime of a file whose mtime is older (touch, cp -p, rsync): longer than a tick
/// of any kernel. Where the ctime has no fraction, the file system keeps none: settling_time holds.
inline constexpr std::chrono::milliseconds ctime_tick{20};

/// Whether whatever is written to the file from now on shows in its times.
[[nodiscard]] bool is_settled(const media_facts& facts,
                              std::chrono::system_clock::time_point now) noexcept;

/// What this process remembers of the name: whether it was seen with another ctime and the same
/// validator. Another version may have had it then.
struct reused_validators {
    bool tag = false;  // the same size and mtime
    bool date = false; // the same second
};

/// The validators of that version, ready to be sent. Facts, not a response: where last_modified
/// lies ahead of the Date field, that field's value is what Last-Modified has to carry (RFC 9110
/// §8.8.2.1).
struct representation {
    std::uint64_t size = 0;         // bytes
    std::int64_t last_modified = 0; // mtime; seconds since the Unix epoch, rounded down
    /// The version is what it is since this second: what dates of requests are compared with. The
    /// mtime, or the ctime where that is earlier: an mtime in the future, whose Last-Modified was
    /// the Date of some answer since. The ctime, too, where the date was another version's.
    std::int64_t unmodified_since = 0;
    std::string etag;               // strong, quotes included; empty: none can be trusted
    std::string last_modified_text; // IMF-fixdate; empty: none can be trusted

    /// Whether unmodified_since is a date that a version can be refused by.
    [[nodiscard]] bool is_dated() const noexcept { return last_modified > last_placeholder_mtime; }
    /// Whether clients are given a date, and may come back with it.
    [[nodiscard]] bool gives_date() const noexcept { return !last_modified_text.empty(); }
};

/// The same file gives the same validators on every replica: no inode, no host data in them. `now`
/// and the ctime only decide whether there are any: none for a placeholder mtime, none before the
/// file has settled, none that `reused` says another version may have had.
[[nodiscard]] representation describe(const media_facts& facts,
                                      std::chrono::system_clock::time_point now,
                                      reused_validators reused = {});

} // namespace sluice::core
