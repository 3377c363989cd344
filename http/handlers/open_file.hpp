#pragma once
// Opens a file through the worker's cache, for downloads and for the issue of tokens. Does not
// authorise: call it only after the caller was authorised for the file. Used by
// http/handlers/download_handler.cpp and http/handlers/token_handler.cpp.

#include "core/media/media_library.hpp"
#include "http/exchange/exchange.hpp"

#include <string_view>

namespace sluice::http {

/// The file to open and the user it is for: views into the caller's text.
struct file_order {
    const core::media_id& media;
    std::string_view owner;    // as for media_library::open()
    std::string_view url_path; // the cache key: the path of its URL, still encoded
};

/// Fails like media_library::open(). Counts cache hits and misses, and refused symbolic links. A
/// cached file is returned only for the owner it was opened for.
[[nodiscard]] core::result<cached_file_handle>
open_file(const core::media_library& library, const file_order& what, request& in, reply& out);

} // namespace sluice::http
