#include "core/download/entity_tag.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <limits>

namespace sluice::core {

namespace {

constexpr std::string_view whitespace = " \t"; // OWS, RFC 9110 §5.6.3

[[nodiscard]] constexpr bool is_etagc(char c) noexcept {
    const auto byte = static_cast<unsigned char>(c);
    return byte >= 0x21 && byte != '"' && byte != 0x7F;
}

void skip_whitespace(std::string_view& rest) noexcept {
    rest.remove_prefix(std::min(rest.find_first_not_of(whitespace), rest.size()));
}

/// Takes one tag off the front of `rest`; on failure `rest` is unspecified.
[[nodiscard]] std::optional<entity_tag> take_tag(std::string_view& rest) noexcept {
    constexpr std::string_view weak_prefix = "W/";
    const bool is_weak = rest.starts_with(weak_prefix);
    rest.remove_prefix(is_weak ? weak_prefix.size() : 0);
    if (!rest.starts_with('"')) {
        return std::nullopt;
    }
    const auto end = std::find_if_not(rest.begin() + 1, rest.end(), is_etagc);
    if (end == rest.end() || *end != '"') {
        return std::nullopt;
    }
    const auto length = static_cast<std::size_t>(end - rest.begin()) + 1;
    const entity_tag tag{is_weak, rest.substr(0, length)};
    rest.remove_prefix(length);
    return tag;
}

void append_hex(std::uint64_t value, std::string& out) {
    std::array<char, 16> digits{};
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value, 16).ptr;
    out.append(digits.data(), end);
}

} // namespace

std::string make_entity_tag(const media_facts& facts) {
    constexpr std::int64_t per_second = 1'000'000'000;
    constexpr std::int64_t whole_seconds = std::numeric_limits<std::int64_t>::max() / per_second;
    const auto& [seconds, nanoseconds] = facts.mtime;
    std::string tag;
    tag.reserve(2 + 16 + 1 + 8 + 1 + 16);
    tag.push_back('"');
    if (seconds >= -whole_seconds && seconds < whole_seconds) {
        append_hex(static_cast<std::uint64_t>(seconds * per_second + nanoseconds), tag);
    } else {
        append_hex(static_cast<std::uint64_t>(seconds), tag);
        tag.push_back('.');
        append_hex(nanoseconds, tag);
    }
    tag.push_back('-');
    append_hex(facts.size, tag);
    tag.push_back('"');
    return tag;
}

std::optional<entity_tag> parse_entity_tag(std::string_view text) noexcept {
    const auto tag = take_tag(text);
    return text.empty() ? tag : std::nullopt;
}

bool is_same_tag(const entity_tag& a, const entity_tag& b, tag_comparison how) noexcept {
    const bool may_match = how == tag_comparison::weak || (!a.is_weak && !b.is_weak);
    return may_match && a.opaque == b.opaque;
}

tag_list_match match_tag_list(std::string_view field_value, const entity_tag& current,
                              tag_comparison how) noexcept {
    auto rest = field_value;
    skip_whitespace(rest);
    if (rest.starts_with('*')) {
        rest.remove_prefix(1);
        skip_whitespace(rest);
        return rest.empty() ? tag_list_match::matched : tag_list_match::malformed;
    }
    bool is_matched = false;
    while (!rest.empty()) {
        if (!rest.starts_with(',')) {
            const auto tag = take_tag(rest);
            if (!tag) {
                return tag_list_match::malformed;
            }
            is_matched = is_matched || is_same_tag(*tag, current, how);
            skip_whitespace(rest);
        }
        if (!rest.empty() && !rest.starts_with(',')) {
            return tag_list_match::malformed;
        }
        rest.remove_prefix(rest.empty() ? 0 : 1);
        skip_whitespace(rest);
    }
    return is_matched ? tag_list_match::matched : tag_list_match::none;
}

} // namespace sluice::core
