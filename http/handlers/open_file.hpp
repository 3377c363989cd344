#pragma once
// A file by way of the worker's cache: what downloads and the issue of tokens share. Called once it
// is known that this requester may know about it.

#include "core/media/media_library.hpp"
#include "http/exchange/exchange.hpp"

#include <string_view>

namespace sluice::http {

/// What is to be opened, and for whom it is meant: views into the caller's text.
struct file_order {
    const core::media_id& media;
    std::string_view owner;    // as media_library::open() has it
    std::string_view url_path; // by which it is remembered: the path of its URL, still encoded
};

/// Fails as media_library::open does; counts what the cache did, and symbolic links refused. The
/// cache answers for the owner it opened the file for, and for nobody else.
[[nodiscard]] core::result<cached_file_handle>
open_file(const core::media_library& library, const file_order& what, request& in, reply& out);

} // namespace sluice::http
