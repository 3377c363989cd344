#pragma once
// The URL a token is good for: the routes of contract §2, RFC 3986 encoded so that the path decodes
// to the same bytes.

#include "core/base/result.hpp"
#include "core/media/media_id.hpp"

#include <span>
#include <string>
#include <string_view>

namespace sluice::http {

/// Appends "/download2/..." for `media`.
void append_download_path(const core::media_id& media, std::string& out);

/// The media that the decoded segments of such a path name; `path` has been matched with the route
/// of `kind`.
[[nodiscard]] core::result<core::media_id>
media_at(core::media_kind kind, std::span<const std::string_view> path) noexcept;

} // namespace sluice::http
