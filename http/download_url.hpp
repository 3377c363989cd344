#pragma once
// The URL a token is good for: the routes of contract §2, RFC 3986 encoded so that the path decodes
// to the same bytes.

#include "core/media_id.hpp"

#include <string>

namespace sluice::http {

/// Appends "/download2/..." for `media`.
void append_download_path(const core::media_id& media, std::string& out);

} // namespace sluice::http
