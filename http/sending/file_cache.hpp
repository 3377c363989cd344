#pragma once
// What a worker remembers of the files it has just served: the open descriptor, the fields that
// only depend on the file, and the bytes of a small one. An entry lives for a set time from its
// opening and is then forgotten, so a replaced file is seen, and a removed one gives back its
// descriptor, within that time. Never asked before a token has been judged. One thread.

#include "core/media/media_store.hpp"

#include <chrono>
#include <cstddef>
#include <functional>
#include <list>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

namespace sluice::http {

/// Largest file whose bytes are kept, so that they leave in one segment with the header.
inline constexpr std::uint64_t max_kept_content = std::uint64_t{16} * 1024;

/// One opened file, ready to be sent.
struct cached_file {
    core::media_handle media;
    std::string owner;       // of a presentation: the trainer whose course it was when opened
    std::string validators;  // field lines of 200, 206 and 304
    std::string disposition; // field lines of 200 and 206
    std::string_view type;   // media type
    std::string content;     // all of it when the file is small; else empty
};

using cached_file_handle = std::shared_ptr<const cached_file>;

class file_cache {
  public:
    using time_point = std::chrono::steady_clock::time_point;

    struct settings {
        std::size_t files = 512;                  // entries at most; 0: nothing is remembered
        std::chrono::milliseconds lifetime{1000}; // of an entry, from its opening
    };

    explicit file_cache(settings with) noexcept : with_(with) {}

    /// Forgets everything.
    void clear() noexcept;

    /// The file opened under `key` less than a lifetime before `now`, or null.
    [[nodiscard]] cached_file_handle find(std::string_view key, time_point now) const;

    /// Remembers `file`, unless there are as many entries as allowed.
    void insert(std::string_view key, cached_file_handle file, time_point now);

    /// Forgets one entry, if there is one.
    void forget(std::string_view key);

    /// Forgets what is too old; called once a tick.
    void expire(time_point now);

    [[nodiscard]] std::size_t size() const noexcept { return entries_.size(); }

  private:
    struct entry {
        std::string key;
        cached_file_handle file;
        time_point expires;
    };
    // Eight bytes at a time: the library's takes as long as all else that finding costs. What is
    // asked for has been authorised, and there are few entries: nobody gains by keys that collide.
    struct key_hash {
        [[nodiscard]] std::size_t operator()(std::string_view key) const noexcept;
    };

    // The lifetime is the same for all, so the order of insertion is the order of expiry.
    std::list<entry> entries_;
    std::unordered_map<std::string_view, std::list<entry>::iterator, key_hash> by_key_;
    settings with_;
};

} // namespace sluice::http
