#pragma once
// A second reader of HTTP/1.1, written from the RFCs and sharing no line with the product. It
// splits the client's bytes into request heads and the server's bytes into responses, and aborts
// when a response is not well-formed. Deliberately simple and slow. Used by the fuzz targets.

#include <cstddef>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace sluice::fuzz {

using field_lines = std::vector<std::pair<std::string_view, std::string_view>>;

/// A request head as received, valid or not.
struct sent_head {
    std::string_view text;   // from the first byte after empty lines; without the final empty line
    bool is_complete = true; // the final empty line was received
    bool has_last_chunk = false; // followed by only a last chunk, which cut_heads() skipped

    [[nodiscard]] bool is_head() const { return text.starts_with("HEAD "); }
    /// Method, target and version; empty when the request line is malformed.
    [[nodiscard]] std::vector<std::string_view> line() const;
    /// nullopt when a line breaks the grammar of RFC 9112 §5.
    [[nodiscard]] std::optional<field_lines> fields() const;
    /// True for GET and HEAD with chunked as the only transfer coding and without a length.
    [[nodiscard]] bool may_have_last_chunk() const;
    /// True when no two recipients can disagree on this head: grammar, one Host, no coding or an
    /// exactly empty chunked content, no other content.
    [[nodiscard]] bool is_beyond_doubt() const;
};

struct answer {
    unsigned status = 0;
    field_lines fields;
    std::string_view content;

    [[nodiscard]] std::optional<std::string_view> value_of(std::string_view name) const;
    [[nodiscard]] bool closes() const;
};

/// Splits `text` into heads, assuming no content other than a last chunk; the last head may be
/// incomplete.
[[nodiscard]] std::vector<sent_head> cut_heads(std::string_view text);

/// Removes the next response from `text`, which is not empty. `to_head`: the response to a HEAD.
[[nodiscard]] answer cut_answer(std::string_view& text, bool to_head);

/// ASCII case is ignored.
[[nodiscard]] bool same_name(std::string_view one, std::string_view other);

} // namespace sluice::fuzz
