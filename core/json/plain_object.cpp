#include "core/json/plain_object.hpp"

#include "core/text/utf8.hpp"

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace sluice::core {

namespace {

constexpr std::uint64_t in_each_byte(std::uint8_t value) noexcept {
    return 0x0101010101010101U * value;
}
constexpr std::uint64_t high_bits = in_each_byte(0x80);

/// Non-zero when a byte of `word` is below `limit`, which is at most 0x80.
constexpr std::uint64_t below(std::uint64_t word, std::uint8_t limit) noexcept {
    return (word - in_each_byte(limit)) & ~word & high_bits;
}

/// The classes of bytes that occur in a text.
struct byte_survey {
    bool has_special = false; // a control or a backslash
    bool has_multibyte = false;
};

class byte_scan {
  public:
    void see(std::uint64_t word) noexcept {
        special_ |= below(word, 0x20) | below(word ^ in_each_byte('\\'), 1);
        multibyte_ |= word & high_bits;
    }
    [[nodiscard]] byte_survey found() const noexcept { return {special_ != 0, multibyte_ != 0}; }

  private:
    std::uint64_t special_ = 0;
    std::uint64_t multibyte_ = 0;
};

byte_survey survey(std::string_view text) noexcept {
    byte_scan scan;
    std::uint64_t word = 0;
    for (; text.size() >= sizeof word; text.remove_prefix(sizeof word)) {
        std::memcpy(&word, text.data(), sizeof word);
        scan.see(word);
    }
    word = in_each_byte(' ');
    std::memcpy(&word, text.data(), text.size());
    scan.see(word);
    return scan.found();
}

/// Removes `"name":` from the front of `rest` when it is there.
bool take_name(std::string_view name, std::string_view& rest) noexcept {
    const auto size = name.size() + 3; // quotes and colon
    if (rest.size() < size || rest[0] != '"' || rest.substr(1, name.size()) != name ||
        rest[size - 2] != '"' || rest[size - 1] != ':') {
        return false;
    }
    rest.remove_prefix(size);
    return true;
}

bool take_text(std::string_view& rest, std::string& out) {
    if (rest.empty() || rest.front() != '"') {
        return false;
    }
    const auto end = rest.find('"', 1);
    if (end == std::string_view::npos || end == 1) {
        return false;
    }
    out.assign(rest, 1, end - 1);
    rest.remove_prefix(end + 1);
    return true;
}

/// Digits only: the general reader handles fractions and exponents.
template <class Number>
bool take_number(std::string_view& rest, std::optional<Number>& out) noexcept {
    constexpr std::size_t most_digits = 15; // every number of 15 digits is below 2^53
    std::int64_t value = 0;
    std::size_t digits = 0;
    while (digits < rest.size() && rest[digits] >= '0' && rest[digits] <= '9') {
        if (digits == most_digits) {
            return false;
        }
        value = value * 10 + (rest[digits++] - '0');
    }
    if (digits == 0 || (digits > 1 && rest.front() == '0')) {
        return false;
    }
    out = value;
    rest.remove_prefix(digits);
    return true;
}

bool take_value(const json_member& member, std::string_view& rest) {
    if (auto* const* const text = std::get_if<std::string*>(&member.destination)) {
        return take_text(rest, **text);
    }
    if (auto* const* const number =
            std::get_if<std::optional<std::int64_t>*>(&member.destination)) {
        return take_number(rest, **number);
    }
    if (auto* const* const date = std::get_if<std::optional<numeric_date>*>(&member.destination)) {
        return take_number(rest, **date);
    }
    return false;
}

} // namespace

bool read_plain_object(std::string_view text, std::span<const json_member> members) {
    if (text.size() < 2 || text.front() != '{' || text.back() != '}') {
        return false;
    }
    const auto bytes = survey(text);
    if (bytes.has_special || (bytes.has_multibyte && !is_valid_utf8(text))) {
        return false;
    }
    auto rest = text.substr(1, text.size() - 2);
    // The search for each member starts after the previous one, so that none is read twice.
    for (const auto& member : members) {
        if (!take_name(member.name, rest)) {
            continue;
        }
        if (!take_value(member, rest)) {
            return false;
        }
        if (rest.empty()) {
            return true;
        }
        if (rest.front() != ',') {
            return false;
        }
        rest.remove_prefix(1);
    }
    return false;
}

} // namespace sluice::core
