#pragma once
// The metadata of an object, from the fields of the store's response to HEAD. Pure: it asks no
// store. Used by http/objects/object_origin.

#include "core/download/representation.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

namespace sluice::core {

/// The version that a response describes. The ETag of the store is taken as it is: an opaque,
/// strong tag. nullopt without one: then it could not be said whether two responses are of one
/// version. A Last-Modified that is not a date counts as none.
[[nodiscard]] std::optional<representation> describe_object(std::uint64_t size,
                                                            std::string_view etag,
                                                            std::string_view last_modified,
                                                            std::chrono::sys_seconds now);

/// What Content-Range says: "bytes 0-4/11".
struct content_range {
    std::uint64_t first = 0;
    std::uint64_t last = 0;
    std::uint64_t size = 0;

    friend bool operator==(const content_range&, const content_range&) = default;
};

/// nullopt unless `text` has that form with first <= last < size.
[[nodiscard]] std::optional<content_range> parse_content_range(std::string_view text) noexcept;

} // namespace sluice::core
