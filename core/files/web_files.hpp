#pragma once
// The files of the download page (web.root), read once at start. Responses are sent from memory,
// so that no path from a client ever reaches the disk. For a page and its assets of a few hundred
// KiB only; media is opened by core/media/media_store.hpp. Used by http/handlers/web_handler.

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::core {

/// One file of the page, ready to serve.
struct web_file {
    std::string path;      // "/assets/index-B1x2y3z4.js"
    std::string_view type; // media type, charset included
    std::string content;
    std::string gzip;       // compressed, from "<name>.gz" beside the file; empty without one
    std::string etag;       // strong, quotes included; of the content alone
    bool is_hashed = false; // its name changes with its content, so it may be cached indefinitely
};

struct web_bundle {
    std::vector<web_file> files;      // in the order of their paths
    std::vector<std::string> ignored; // paths that are not served: hidden, a link, of no known type
};

inline constexpr std::size_t max_web_files = 256;
inline constexpr std::size_t max_web_file_bytes = std::size_t{4} << 20;

/// Reads `root` and the folders directly below it, without following symbolic links except that of
/// catalogue.json, the operator's own list in an installed page. Serves the
/// types that a page needs, under names of letters, digits, '.', '_' and '-'. Throws
/// std::runtime_error with `root` in its text when there is no index.html, when something cannot be
/// read, or when a file or their number is over the limits above.
[[nodiscard]] web_bundle load_web_files(const std::string& root);

} // namespace sluice::core
