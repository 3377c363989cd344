#pragma once
// The paths of downloads (docs/api.md §2), in one table: the router's patterns, the path that a
// token is bound to (RFC 3986 encoded, so that it decodes to the same bytes), and the media of a
// path. Not the whole URL: the token handler adds the origin. Used by app/service/routes, the
// handlers and `sluice token why`.

#include "core/base/result.hpp"
#include "core/media/media_id.hpp"

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace sluice::http {

/// The router's pattern for downloads of a kind. Patterns differ in their number of segments, so a
/// trainer may be called "course".
[[nodiscard]] std::string_view download_pattern(core::media_kind kind) noexcept;

/// Appends "/download2/..." for `media`.
void append_download_path(const core::media_id& media, std::string& out);

/// The media that the decoded segments of a download path name. REQUIRES: `path` matches the route
/// of `kind`.
[[nodiscard]] core::result<core::media_id>
media_at(core::media_kind kind, std::span<const std::string_view> path) noexcept;

/// The kind of download that the decoded segments name; nullopt when they are not the path of a
/// download.
[[nodiscard]] std::optional<core::media_kind>
download_kind_at(std::span<const std::string_view> path) noexcept;

} // namespace sluice::http
