#pragma once
// A second reader of HTTP/1.1, written from the RFCs and sharing no line with the product: cuts
// what was sent into heads and what was answered into responses, and aborts where a response is not
// well-formed. Deliberately simple and slow.

#include <cstddef>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace sluice::fuzz {

using field_lines = std::vector<std::pair<std::string_view, std::string_view>>;

/// A request head as the bytes have it, good or not.
struct sent_head {
    std::string_view text;       // from the first byte behind empty lines; without the empty line
    bool is_complete = true;     // the empty line came
    bool has_last_chunk = false; // and behind it a last chunk alone, which cut_heads() passed over

    [[nodiscard]] bool is_head() const { return text.starts_with("HEAD "); }
    /// Method, target and version; empty where the request line is no such thing.
    [[nodiscard]] std::vector<std::string_view> line() const;
    /// nullopt when a line breaks the grammar of RFC 9112 §5.
    [[nodiscard]] std::optional<field_lines> fields() const;
    /// True for GET and HEAD whose one transfer coding is chunked, without a length.
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

/// All heads in `text`, as if none had content but a last chunk alone; the last may be incomplete.
[[nodiscard]] std::vector<sent_head> cut_heads(std::string_view text);

/// Cuts the next response off `text`, which is not empty. `to_head`: it answers a HEAD.
[[nodiscard]] answer cut_answer(std::string_view& text, bool to_head);

/// ASCII case is ignored.
[[nodiscard]] bool same_name(std::string_view one, std::string_view other);

} // namespace sluice::fuzz
