#pragma once
// Entity tags (RFC 9110 §8.8.3): makes them from a file's metadata, parses them from a request and
// compares them. Does not decide what follows from a comparison: preconditions does. Used by
// core/download/representation and core/download/preconditions.

#include "core/download/representation.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace sluice::core {

/// A tag as written in a field; a view into that field.
struct entity_tag {
    bool is_weak = false;
    std::string_view opaque; // quotes included
};

/// RFC 9110 §8.8.3.2. Strong: neither tag may be weak. Weak: weakness is ignored.
enum class tag_comparison : std::uint8_t { strong, weak };

/// A strong tag, `"<mtime in ns, hex>-<size, hex>"`: it contains nothing of the host or the inode,
/// so that every replica that keeps mtimes makes the same tag. The separator keeps two pairs from
/// sharing a spelling. When 64 bits cannot hold the nanoseconds (before 1678, from 2262 on),
/// seconds and nanoseconds are written apart, `"<s>.<ns>-<size>"`. describe() decides whether a
/// file gets a tag at all.
[[nodiscard]] std::string make_entity_tag(const media_facts& facts);

/// Parses exactly one tag with nothing around it. The characters are etagc: commas, backslashes and
/// bytes from 0x80 up are allowed, spaces and controls are not.
[[nodiscard]] std::optional<entity_tag> parse_entity_tag(std::string_view text) noexcept;

[[nodiscard]] bool is_same_tag(const entity_tag& a, const entity_tag& b,
                               tag_comparison how) noexcept;

/// The result of comparing the value of an If-Match or If-None-Match field with the current tag.
enum class tag_list_match : std::uint8_t {
    malformed, // neither "*" nor a list of tags; a bare word makes the whole list malformed
    none,      // a list, perhaps empty, and the tag is not in it
    matched,   // "*", or the tag is in the list
};

/// Parses all of `field_value` before it returns. Empty list elements are skipped (RFC 9110
/// §5.6.1.2).
[[nodiscard]] tag_list_match match_tag_list(std::string_view field_value, const entity_tag& current,
                                            tag_comparison how) noexcept;

} // namespace sluice::core
