#pragma once
// Reads the XML that object stores send: a page of a list, and the code of an error. Bounded, and
// strict about what it uses; document type declarations are rejected, and with them entities. Used
// by http/objects and app/objects/object_media.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::core {

/// One page of ListObjectsV2 with a delimiter and encoding-type=url.
struct object_page {
    std::vector<std::string> prefixes; // decoded; each ends with the delimiter
    std::string first_key;             // of the objects of the page, decoded; empty: it has none
    std::string next;                  // the continuation token; empty: this is the last page
};

/// nullopt when `text` is not such a page.
[[nodiscard]] std::optional<object_page> read_object_page(std::string_view text);

/// The error code in the body of a response, such as "NoSuchKey"; empty when it has none that is a
/// word of letters. Never other text of the store.
[[nodiscard]] std::string read_object_error(std::string_view text);

} // namespace sluice::core
