#pragma once
// A worker's cache of the files it has just served: the open descriptor, the fields that depend on
// the file only, and the content of a small file. An entry expires a fixed time after the file was
// opened. Within that time a replaced file is noticed and the descriptor of a removed file is
// closed. An expired entry of a file server is kept for as long as the server does not respond
// (find_stale). The cache authorises nothing: callers verify the token first. For one thread. Used
// by http/connection/worker.hpp and, through request::files, by http/handlers/open_file.hpp.

#include "core/media/media_store.hpp"
#include "http/sending/prepared_text.hpp"
#include "http/storage/remote_file.hpp"
#include "http/storage/residence.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

namespace sluice::http {

/// Size of the largest file whose content is kept, so that it is sent in one segment with the
/// header.
inline constexpr std::uint64_t max_kept_content = std::uint64_t{16} * 1024;

/// One opened file, ready to be sent.
struct cached_file {
    core::media_handle media;
    std::string owner;                  // of a presentation: the course's trainer at opening
    std::string_view type;              // media type
    prepared_text text;                 // field lines, and the content of a small file
    std::shared_ptr<residence> where{}; // null: no device is known, all bytes count as in memory
    std::shared_ptr<const remote_file> remote{}; // null: `media` has a descriptor
    /// The round of the worker (request::round) in which the file was last found unchanged. Of no
    /// other use than to save the check; only the thread of the cache touches it.
    mutable std::uint64_t checked_in{0};
};

using cached_file_handle = std::shared_ptr<const cached_file>;

class file_cache {
  public:
    using time_point = std::chrono::steady_clock::time_point;

    struct settings {
        std::size_t files = 512;                  // maximum number of entries; 0: the cache is off
        std::chrono::milliseconds lifetime{1000}; // of an entry, from its opening
        /// Of an expired entry whose file server does not respond, from its expiry; 0: none.
        std::chrono::milliseconds stale_lifetime{60000};
    };

    explicit file_cache(settings with) noexcept : with_(with) {}

    /// Removes all entries.
    void clear() noexcept;

    /// The file opened under `key` less than a lifetime before `now`, or null.
    /// An expired entry counts as in use from then on.
    [[nodiscard]] cached_file_handle find(std::string_view key, time_point now);

    /// For a device that is away: the file whose entry expired less than stale_lifetime before
    /// `now`, or null.
    [[nodiscard]] cached_file_handle find_stale(std::string_view key, time_point now) const;

    /// Adds `file`, unless the cache is full.
    void insert(std::string_view key, cached_file_handle file, time_point now);

    /// Removes the entry of `key`, if there is one.
    void forget(std::string_view key);

    /// Removes expired entries; called once a tick.
    void expire(time_point now);

    [[nodiscard]] std::size_t size() const noexcept { return entries_.size(); }

  private:
    struct entry {
        std::string key;
        cached_file_handle file;
        time_point expires;
        bool is_in_use = false; // asked for after its expiry
    };
    // Hashes eight bytes at a time: std::hash takes as long as the rest of a lookup. Keys are of
    // authorised requests and there are few entries, so keys that collide gain an attacker nothing.
    struct key_hash {
        [[nodiscard]] std::size_t operator()(std::string_view key) const noexcept;
    };

    /// The time for which an expired entry is kept for another request. Its descriptor keeps a file
    /// system from being unmounted.
    static constexpr std::chrono::seconds grace{5};

    [[nodiscard]] bool may_be_needed(const entry& one, time_point now) const noexcept;
    void erase(std::list<entry>::iterator which);

    // All entries have the same lifetime, so the order of insertion is the order of expiry.
    std::list<entry> entries_;
    std::unordered_map<std::string_view, std::list<entry>::iterator, key_hash> by_key_;
    settings with_;
};

} // namespace sluice::http
