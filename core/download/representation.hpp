#pragma once
// What a response says about one version of a file (RFC 9110 §3.2, §8.8): made once when the file
// is opened, from the open descriptor's own facts, never from a second look at its name. Called by
// media_store; read by download_plan and by whoever writes the response.

#include <cstdint>
#include <string>

namespace sluice::core {

/// From fstat of the open descriptor.
struct media_facts {
    std::uint64_t size = 0;    // bytes
    std::int64_t mtime_ns = 0; // nanoseconds since the Unix epoch

    friend bool operator==(const media_facts&, const media_facts&) = default;
};

/// An mtime up to here (seconds) dates nothing: archives, image builders and broken clocks write 0
/// or 1 where they do not know, and two versions of a file would then share a date.
inline constexpr std::int64_t last_placeholder_mtime = 1;

/// The validators of that version, ready to be sent. Facts, not a response: where last_modified
/// lies ahead of the Date field, that field's value is what Last-Modified has to carry (RFC 9110
/// §8.8.2.1).
struct representation {
    std::uint64_t size = 0;         // bytes
    std::int64_t last_modified = 0; // seconds since the Unix epoch, rounded down
    std::string etag;               // strong, quotes included
    std::string last_modified_text; // IMF-fixdate; empty, and not to be sent, unless is_dated()

    /// Whether last_modified is a date that conditions may be judged by.
    [[nodiscard]] bool is_dated() const noexcept { return last_modified > last_placeholder_mtime; }
};

/// The same facts give the same validators on every replica: no inode, no host data.
[[nodiscard]] representation describe(const media_facts& facts);

} // namespace sluice::core
