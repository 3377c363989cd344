#pragma once
// Entity tags (RFC 9110 §8.8.3): made from a file's facts, read from a request, compared. Not the
// decision that follows from a comparison: that is preconditions. Called by representation and
// preconditions.

#include "core/download/representation.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace sluice::core {

/// A tag as it stands in a field; a view into that field.
struct entity_tag {
    bool is_weak = false;
    std::string_view opaque; // quotes included
};

/// RFC 9110 §8.8.3.2. Strong: neither tag may be weak. Weak: weakness is overlooked.
enum class tag_comparison : std::uint8_t { strong, weak };

/// A strong tag, `"<mtime in ns, hex>-<size, hex>"`: nothing of the host or the inode, so that
/// every replica that keeps mtimes says the same; separated, so that no two pairs share a spelling.
/// Where 64 bits do not hold the nanoseconds (before 1678, from 2262 on), seconds and nanoseconds
/// stand apart, `"<s>.<ns>-<size>"`. Whether a tag may be given at all is describe()'s to say.
[[nodiscard]] std::string make_entity_tag(const media_facts& facts);

/// Reads exactly one tag, nothing around it. The characters are etagc: commas and backslashes are
/// ordinary, spaces and controls are not, bytes from 0x80 up are.
[[nodiscard]] std::optional<entity_tag> parse_entity_tag(std::string_view text) noexcept;

[[nodiscard]] bool is_same_tag(const entity_tag& a, const entity_tag& b,
                               tag_comparison how) noexcept;

/// What the value of an If-Match or If-None-Match field says of the current tag.
enum class tag_list_match : std::uint8_t {
    malformed, // neither "*" nor a list of tags; a bare word spoils the whole list
    none,      // a list, perhaps empty, and the tag is not in it
    matched,   // "*", or the tag is in the list
};

/// Reads all of `field_value` before it answers. Empty list elements are skipped (RFC 9110
/// §5.6.1.2).
[[nodiscard]] tag_list_match match_tag_list(std::string_view field_value, const entity_tag& current,
                                            tag_comparison how) noexcept;

} // namespace sluice::core
