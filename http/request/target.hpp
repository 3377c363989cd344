#pragma once
// The request target (RFC 9112 §3.2): split, checked and decoded exactly once. It is never
// normalised: a target that would need it is rejected (docs/security.md, threats 11 to 16). Not the
// routing: http/exchange/router.hpp does that. Used by http/request/head_reader.cpp, http/exchange
// and `sluice token why`.

#include <array>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace sluice::http {

/// A target split into its parts, still encoded.
struct target_parts {
    std::string_view path;                     // begins with '/', or is "*"
    std::string_view query;                    // without '?'; empty when absent
    std::optional<std::string_view> authority; // of an absolute-form target
};

/// Accepts origin-form, absolute-form (http and https) and "*". Returns nullopt for any other form,
/// and when a byte is not allowed in a URI (no space, '#', '"', '<', '>', '\', controls or bytes
/// above 0x7E; '^', '`', '{', '|' and '}' are accepted although RFC 3986 excludes them).
[[nodiscard]] std::optional<target_parts> split_target(std::string_view target) noexcept;

/// The decoded segments of a path. A segment without an escape is a view into the path, which must
/// live as long as this object; other segments are stored here, without heap allocation in the
/// steady state.
class path_segments {
  public:
    path_segments() = default;
    path_segments(const path_segments&) = delete;
    path_segments& operator=(const path_segments&) = delete;
    ~path_segments() = default;

    /// The longest route has six segments. Of a longer path, the first `max` segments are kept; it
    /// matches no route.
    static constexpr std::size_t max = 8;

    /// Splits at raw '/' first, then decodes each segment once. Returns false when the path does
    /// not begin with '/', when a segment is empty, when it is or decodes to "." or ".." (with or
    /// without a ";parameter"), or when it decodes to text with '/', '\', NUL, another control or
    /// invalid UTF-8. The path "/" has no segments.
    [[nodiscard]] bool parse(std::string_view path);

    [[nodiscard]] std::span<const std::string_view> view() const noexcept {
        return {segments_.data(), size_};
    }

  private:
    std::array<std::string_view, max> segments_;
    std::array<std::string, max> decoded_; // reused: they keep their capacity
    std::size_t size_ = 0;
};

/// True for a Host value or authority: a name of letters, digits and "-._~" up to 255 bytes, IPv4
/// or bracketed IPv6, optional port; no userinfo, path, comma or space, not empty (RFC 9112 §3.2,
/// RFC 3986 §3.2.2).
[[nodiscard]] bool is_host(std::string_view text) noexcept;

/// True when the host part of a valid Host value is localhost, in 127.0.0.0/8, or [::1].
[[nodiscard]] bool is_loopback_host(std::string_view host) noexcept;

} // namespace sluice::http
