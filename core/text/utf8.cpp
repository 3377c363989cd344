#include "core/text/utf8.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace sluice::core {

namespace {

struct decoded {
    char32_t code_point = 0;
    std::size_t length = 0; // bytes; 0 when malformed
};

// The sequence that a lead byte announces. The range of the second byte excludes overlong forms,
// surrogates and values above U+10FFFF (the table of RFC 3629 §4).
struct sequence {
    std::size_t length = 0;
    char32_t lead_bits = 0;
    std::uint8_t second_min = 0x80;
    std::uint8_t second_max = 0xBF;
};

constexpr sequence sequence_of(std::uint8_t lead) noexcept {
    if (lead >= 0xC2 && lead <= 0xDF) {
        return {2, lead & 0x1FU};
    }
    if (lead >= 0xE0 && lead <= 0xEF) {
        const std::uint8_t lowest = lead == 0xE0 ? 0xA0 : 0x80;
        const std::uint8_t highest = lead == 0xED ? 0x9F : 0xBF;
        return {3, lead & 0x0FU, lowest, highest};
    }
    if (lead >= 0xF0 && lead <= 0xF4) {
        const std::uint8_t lowest = lead == 0xF0 ? 0x90 : 0x80;
        const std::uint8_t highest = lead == 0xF4 ? 0x8F : 0xBF;
        return {4, lead & 0x07U, lowest, highest};
    }
    return {};
}

/// The first code point of `text`, which is not empty.
decoded decode_front(std::string_view text) noexcept {
    const auto byte_at = [text](std::size_t i) { return static_cast<std::uint8_t>(text[i]); };
    const std::uint8_t lead = byte_at(0);
    if (lead < 0x80) {
        return {lead, 1};
    }
    const sequence expected = sequence_of(lead);
    if (expected.length == 0 || text.size() < expected.length || byte_at(1) < expected.second_min ||
        byte_at(1) > expected.second_max) {
        return {};
    }
    char32_t code_point = expected.lead_bits;
    for (std::size_t i = 1; i < expected.length; ++i) {
        if ((byte_at(i) & 0xC0U) != 0x80U) {
            return {};
        }
        code_point = (code_point << 6U) | (byte_at(i) & 0x3FU);
    }
    return {code_point, expected.length};
}

/// Whole words without a high bit are skipped: nearly every name is ASCII.
std::size_t ascii_words_at_front(std::string_view text) noexcept {
    constexpr std::uint64_t high_bits = 0x8080808080808080U;
    std::size_t skipped = 0;
    for (std::uint64_t word = 0; text.size() - skipped >= sizeof word; skipped += sizeof word) {
        std::memcpy(&word, text.data() + skipped, sizeof word);
        if ((word & high_bits) != 0) {
            break;
        }
    }
    return skipped;
}

constexpr bool is_forbidden(char32_t c) noexcept {
    if (c < 0xA0) {
        return c < 0x20 || c >= 0x7F;
    }
    const bool zero_width = c == 0x200B || c == 0x2060 || c == 0xFEFF;
    const bool bidirectional = c == 0x061C || c == 0x200E || c == 0x200F ||
                               (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069);
    return zero_width || bidirectional;
}

constexpr bool is_joiner(char32_t c) noexcept {
    return c == 0x200C || c == 0x200D;
}

/// A character that follows another and changes only its appearance: a joiner after it joins that
/// other character.
constexpr bool is_variation(char32_t c) noexcept {
    return (c >= 0xFE00 && c <= 0xFE0F) || (c >= 0x20D0 && c <= 0x20FF);
}

struct code_points {
    char32_t first;
    char32_t last;
};

// Code points that are neither letters nor emoji, by blocks, so that no table has to follow
// Unicode's versions. Everything else beyond ASCII counts as a letter or an emoji, also unassigned
// code points.
constexpr std::array<code_points, 16> not_joined{{
    {0x0000, 0x00A9},    // ASCII, C1, Latin-1 punctuation
    {0x00AB, 0x00B4},    // between ª and µ
    {0x00B6, 0x00B9},    // between µ and º
    {0x00BB, 0x00BF},    // behind º
    {0x00D7, 0x00D7},    // multiplication sign
    {0x00F7, 0x00F7},    // division sign
    {0x02B0, 0x036F},    // modifiers and accents, which sit on ASCII as well
    {0x2000, 0x20CF},    // punctuation, currencies, the joiners themselves
    {0x3000, 0x3020},    // CJK punctuation
    {0xD800, 0xF8FF},    // surrogates, private use
    {0xFE10, 0xFE6F},    // vertical and small punctuation, half marks
    {0xFF01, 0xFF20},    // fullwidth punctuation and digits
    {0xFF3B, 0xFF40},    // fullwidth punctuation
    {0xFF5B, 0xFF65},    // fullwidth and halfwidth punctuation
    {0xFFE0, 0xFFFF},    // fullwidth signs, specials
    {0xE0000, 0x10FFFF}, // tags, variation selectors, private use
}};

bool can_be_joined(char32_t c) noexcept {
    const auto* const block = std::ranges::lower_bound(
        not_joined, c, {}, &code_points::last); // the first block that ends at or after c
    return !is_variation(c) && (block == not_joined.end() || c < block->first);
}

constexpr bool is_printable(char c) noexcept {
    return c >= ' ' && c <= '~';
}

} // namespace

bool is_valid_utf8(std::string_view text) noexcept {
    text.remove_prefix(ascii_words_at_front(text));
    while (!text.empty()) {
        const decoded next = decode_front(text);
        if (next.length == 0) {
            return false;
        }
        text.remove_prefix(next.length);
    }
    return true;
}

bool has_forbidden_code_point(std::string_view text) noexcept {
    char32_t before = 0; // the character that a joiner would join; variation selectors do not count
    bool is_joining = false;
    while (!text.empty()) {
        const decoded next = decode_front(text);
        const char32_t c = next.code_point;
        if (next.length == 0 || is_forbidden(c) || (is_joining && !can_be_joined(c)) ||
            (is_joiner(c) && !can_be_joined(before))) {
            return true;
        }
        is_joining = is_joiner(c);
        before = is_variation(c) ? before : c;
        text.remove_prefix(next.length);
    }
    return is_joining;
}

void mask_unprintable(std::string& text) noexcept {
    std::ranges::replace_if(
        text, [](char c) { return !is_printable(c); }, '?');
}

void mask_forbidden(std::string& text) noexcept {
    const bool is_plain = std::ranges::all_of(text, is_printable); // nearly always
    if (!is_plain && has_forbidden_code_point(text)) {
        mask_unprintable(text);
    }
}

std::string_view cut_utf8(std::string_view text, std::size_t most) noexcept {
    constexpr std::size_t most_continuations = 3;
    if (text.size() <= most) {
        return text;
    }
    auto end = most;
    while (end > 0 && most - end < most_continuations &&
           (static_cast<std::uint8_t>(text[end]) & 0xC0U) == 0x80U) {
        --end;
    }
    return text.substr(0, end);
}

} // namespace sluice::core
