#pragma once
// The files of the download page (web.root), read once at start: a request is then answered from
// memory, and no path that a client sends ever reaches the disk. Media goes through
// core/media/media_store.hpp; this is for a page and its assets, a few hundred KiB.

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::core {

/// One file as it is served.
struct web_file {
    std::string path;      // "/assets/index-B1x2y3z4.js"
    std::string_view type; // media type, charset included
    std::string content;
    std::string gzip;       // the same compressed, from "<name>.gz" beside it; empty without one
    std::string etag;       // strong, quotes included; of the content alone
    bool is_hashed = false; // its name changes with its content, so it may be cached for ever
};

struct web_bundle {
    std::vector<web_file> files;      // in the order of their paths
    std::vector<std::string> ignored; // paths that were not taken: hidden, a link, of no known type
};

inline constexpr std::size_t max_web_files = 256;
inline constexpr std::size_t max_web_file_bytes = std::size_t{4} << 20;

/// Reads `root` and the folders directly below it, without following symbolic links. Taken are the
/// types that a page needs, under names of letters, digits, '.', '_' and '-'. Throws
/// std::runtime_error with `root` in its text when there is no index.html, when something cannot be
/// read, or when a file or their number is over the limits above.
[[nodiscard]] web_bundle load_web_files(const std::string& root);

} // namespace sluice::core
