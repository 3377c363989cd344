#pragma once
// A file by way of the worker's cache: what downloads and the issue of tokens share. Called once it
// is known that this requester may know about it.

#include "core/media/media_library.hpp"
#include "http/exchange/exchange.hpp"

#include <string_view>

namespace sluice::http {

/// The file of `media`, known by the path of its URL, still encoded. Fails as media_library::open
/// does; counts what the cache did, and symbolic links refused.
[[nodiscard]] core::result<cached_file_handle> open_file(const core::media_library& library,
                                                         const core::media_id& media,
                                                         std::string_view url_path, request& in,
                                                         reply& out);

} // namespace sluice::http
