#include "core/download/byte_range.hpp"

#include "core/text/ascii_case.hpp"
#include "core/text/ascii_class.hpp"
#include "core/text/trimmed.hpp"

#include <algorithm>
#include <limits>
#include <optional>

namespace sluice::core {

namespace {

constexpr auto largest = std::numeric_limits<std::uint64_t>::max();

/// A range-spec as the client wrote it. Without `first`, `last` is the length of a suffix.
struct range_spec {
    std::optional<std::uint64_t> first;
    std::optional<std::uint64_t> last;
};

/// 1*DIGIT. Saturates: no file reaches 2^64 bytes, so a larger number means the same as the
/// largest.
[[nodiscard]] std::optional<std::uint64_t> parse_position(std::string_view digits) noexcept {
    if (digits.empty()) {
        return std::nullopt;
    }
    std::uint64_t value = 0;
    for (const char c : digits) {
        if (!is_ascii_digit(c)) {
            return std::nullopt;
        }
        const auto digit = static_cast<std::uint64_t>(c - '0');
        value = value > (largest - digit) / 10 ? largest : value * 10 + digit;
    }
    return value;
}

/// True when one run of digits is a smaller number than the other. For numbers of any length:
/// those that saturate alike are still ordered.
[[nodiscard]] bool is_less(std::string_view digits, std::string_view than) noexcept {
    digits.remove_prefix(std::min(digits.find_first_not_of('0'), digits.size()));
    than.remove_prefix(std::min(than.find_first_not_of('0'), than.size()));
    return digits.size() != than.size() ? digits.size() < than.size() : digits < than;
}

/// int-range or suffix-range (RFC 9110 §14.1.1); nullopt for anything else, last < first included.
[[nodiscard]] std::optional<range_spec> parse_spec(std::string_view text) noexcept {
    const auto dash = text.find('-');
    if (dash == std::string_view::npos) {
        return std::nullopt;
    }
    const auto before = text.substr(0, dash);
    const auto after = text.substr(dash + 1);
    const range_spec spec{parse_position(before), parse_position(after)};
    const bool first_is_bad = !before.empty() && !spec.first;
    const bool last_is_bad = !after.empty() && !spec.last;
    const bool is_bare_dash = before.empty() && after.empty();
    const bool is_reversed =
        spec.first && spec.last &&
        (*spec.first == largest ? is_less(after, before) : *spec.last < *spec.first);
    if (first_is_bad || last_is_bad || is_bare_dash || is_reversed) {
        return std::nullopt;
    }
    return spec;
}

/// The bytes of the file that `spec` names; nullopt when there are none.
[[nodiscard]] std::optional<byte_slice> fit(const range_spec& spec,
                                            std::uint64_t file_size) noexcept {
    if (!spec.first) {
        const auto length = std::min(spec.last.value_or(0), file_size);
        return length == 0 ? std::nullopt : std::optional(byte_slice{file_size - length, length});
    }
    if (*spec.first >= file_size) {
        return std::nullopt;
    }
    const auto last = std::min(spec.last.value_or(file_size - 1), file_size - 1);
    return byte_slice{*spec.first, last - *spec.first + 1};
}

[[nodiscard]] bool overlap(const byte_slice& a, const byte_slice& b) noexcept {
    // Both lie within one file, so neither sum can wrap.
    return a.first < b.first + b.length && b.first < a.first + a.length;
}

[[nodiscard]] std::size_t count_overlaps(std::span<const byte_slice> slices) noexcept {
    std::size_t pairs = 0;
    for (; !slices.empty(); slices = slices.subspan(1)) {
        const auto others = slices.subspan(1);
        pairs += static_cast<std::size_t>(std::ranges::count_if(
            others, [&](const byte_slice& other) { return overlap(slices.front(), other); }));
    }
    return pairs;
}

/// RFC 9110 §14.1.2: a suffix with a length above zero is satisfiable for every file. For an empty
/// file it means the whole file, which no Content-Range can express.
[[nodiscard]] bool is_suffix_of_nothing(const range_spec& spec, std::uint64_t file_size) noexcept {
    return !spec.first && spec.last.value_or(0) > 0 && file_size == 0;
}

/// Parses the range-set, the text after "bytes=".
[[nodiscard]] range_outcome resolve_set(std::string_view rest, std::uint64_t file_size) noexcept {
    range_outcome outcome{range_outcome::kind::unsatisfiable, {}};
    std::size_t ranges = 0;
    bool is_all_of_nothing = false;
    while (!rest.empty()) {
        const auto element = trimmed(rest.substr(0, rest.find(',')));
        rest.remove_prefix(std::min(rest.find(','), rest.size() - 1) + 1);
        if (element.empty()) {
            continue;
        }
        const auto spec = parse_spec(element);
        if (!spec) {
            return {range_outcome::kind::unsatisfiable, {}};
        }
        if (++ranges > max_ranges) {
            return {};
        }
        is_all_of_nothing = is_all_of_nothing || is_suffix_of_nothing(*spec, file_size);
        if (const auto slice = fit(*spec, file_size)) {
            outcome.slices.push_back(*slice);
            outcome.what = range_outcome::kind::satisfiable;
        }
    }
    return is_all_of_nothing ? range_outcome{} : outcome;
}

} // namespace

bool is_continuation(std::string_view field_value) noexcept {
    const auto equals = field_value.find('=');
    if (equals == std::string_view::npos || !iequals(field_value.substr(0, equals), "bytes")) {
        return false;
    }
    const auto spec = parse_spec(field_value.substr(equals + 1));
    return spec && spec->first.value_or(0) > 0;
}

range_outcome resolve_range(std::string_view field_value, std::uint64_t file_size) noexcept {
    const auto equals = field_value.find('=');
    if (equals == std::string_view::npos || !iequals(field_value.substr(0, equals), "bytes")) {
        return {};
    }
    const auto outcome = resolve_set(field_value.substr(equals + 1), file_size);
    return count_overlaps(outcome.slices.view()) > max_overlaps ? range_outcome{} : outcome;
}

} // namespace sluice::core
