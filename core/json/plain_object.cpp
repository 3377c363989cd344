#include "core/json/plain_object.hpp"

#include "core/text/utf8.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

namespace sluice::core {

namespace {

/// The classes of bytes that occur in a text.
struct byte_survey {
    bool has_special = false; // a control or a backslash
    bool has_multibyte = false;
};

/// There is no branch in the loop, so that the compiler reads sixteen bytes at a time.
byte_survey survey(std::string_view text) noexcept {
    std::uint8_t special = 0;
    std::uint8_t all = 0;
    for (const char c : text) {
        const auto byte = static_cast<std::uint8_t>(c);
        special |= static_cast<std::uint8_t>((byte < 0x20) | (byte == '\\'));
        all |= byte;
    }
    return {special != 0, all >= 0x80};
}

void skip_spaces(std::string_view& rest) noexcept {
    while (!rest.empty() && rest.front() == ' ') {
        rest.remove_prefix(1);
    }
}

bool take(char wanted, std::string_view& rest) noexcept {
    if (rest.empty() || rest.front() != wanted) {
        return false;
    }
    rest.remove_prefix(1);
    return true;
}

/// Takes a text in quotes. A text that ends in this way contains no escape: the survey has seen no
/// backslash.
bool take_quoted(std::string_view& rest, std::string_view& out) noexcept {
    if (rest.empty() || rest.front() != '"') {
        return false;
    }
    const auto end = rest.find('"', 1);
    if (end == std::string_view::npos) {
        return false;
    }
    out = rest.substr(1, end - 1);
    rest.remove_prefix(end + 1);
    return true;
}

bool take_text(std::string_view& rest, std::string& out) {
    std::string_view text;
    if (!take_quoted(rest, text) || text.empty()) {
        return false;
    }
    out.assign(text);
    return true;
}

bool take_word(std::string_view word, std::string_view& rest) noexcept {
    if (!rest.starts_with(word)) {
        return false;
    }
    rest.remove_prefix(word.size());
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
    if (member.null_is_absent && take_word("null", rest)) {
        return true;
    }
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

/// Takes the value of an unknown member, if it is a text, an integer or a word.
bool skip_value(std::string_view& rest) noexcept {
    std::string_view text;
    std::optional<std::int64_t> number;
    return take_quoted(rest, text) || take_number(rest, number) || take_word("true", rest) ||
           take_word("false", rest) || take_word("null", rest);
}

/// operator==() calls compare(), which is not inlined.
bool is_same(std::string_view a, std::string_view b) noexcept {
    return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin());
}

/// The names of one object, each of which may occur only once.
class name_list {
  public:
    explicit name_list(std::span<const json_member> members) noexcept : members_(members) {}

    /// Takes the name of a member behind the last one that was found, and its colon, without
    /// spaces. Null when there is none: call find(). An object in the order of the list needs no
    /// search.
    [[nodiscard]] const json_member* take_next(std::string_view& rest) noexcept {
        for (auto i = next_; i < members_.size(); ++i) {
            const auto size = members_[i].name.size() + 2; // up to the second quote
            if (rest.size() > size && rest[size - 1] == '"' && rest[size] == ':' &&
                rest.front() == '"' && is_same(rest.substr(1, size - 2), members_[i].name)) {
                rest.remove_prefix(size + 1);
                return found(i);
            }
        }
        return nullptr;
    }

    /// The member called `name`, or null.
    [[nodiscard]] const json_member* find(std::string_view name) noexcept {
        for (std::size_t i = 0; i < members_.size(); ++i) {
            if (is_same(members_[i].name, name)) {
                return found(i);
            }
        }
        return nullptr;
    }

    /// False when `name`, which is unknown, is too long, occurred before, or is one too many.
    [[nodiscard]] bool add_unknown(std::string_view name) noexcept {
        const auto known = std::span(unknown_).first(unknown_count_);
        if (name.empty() || name.size() > max_json_name_bytes ||
            unknown_count_ == unknown_.size() || std::ranges::find(known, name) != known.end()) {
            return false;
        }
        unknown_[unknown_count_++] = name;
        return true;
    }

    /// True when a member was found twice.
    [[nodiscard]] bool has_repeated() const noexcept { return is_repeated_; }

    static constexpr std::size_t most_members = 32;

  private:
    const json_member* found(std::size_t i) noexcept {
        const auto bit = std::uint32_t{1} << i;
        is_repeated_ = is_repeated_ || (seen_ & bit) != 0;
        seen_ |= bit;
        next_ = i + 1;
        return &members_[i];
    }

    static constexpr std::size_t most_unknown = 8;

    std::span<const json_member> members_;
    std::size_t next_ = 0;
    std::uint32_t seen_ = 0; // one bit for each member
    bool is_repeated_ = false;
    std::array<std::string_view, most_unknown> unknown_;
    std::size_t unknown_count_ = 0;
};

/// Takes a name that take_next() has not taken. True when it is known, and `member` is it, or when
/// it may be skipped, and `member` is null.
bool take_any_name(name_list& names, std::string_view& rest, const json_member*& member) {
    std::string_view name;
    if (!take_quoted(rest, name)) {
        return false;
    }
    skip_spaces(rest);
    if (!take(':', rest)) {
        return false;
    }
    member = names.find(name);
    return member != nullptr || names.add_unknown(name);
}

/// Takes one member with its name, and the spaces around it.
bool take_member(name_list& names, std::string_view& rest) {
    skip_spaces(rest);
    const auto* member = names.take_next(rest);
    if (member == nullptr && !take_any_name(names, rest, member)) {
        return false;
    }
    skip_spaces(rest);
    if (member != nullptr ? !take_value(*member, rest) : !skip_value(rest)) {
        return false;
    }
    skip_spaces(rest);
    return true;
}

} // namespace

bool read_plain_object(std::string_view text, std::span<const json_member> members) {
    if (text.size() < 2 || text.front() != '{' || text.back() != '}' ||
        members.size() > name_list::most_members) {
        return false;
    }
    const auto bytes = survey(text);
    if (bytes.has_special || (bytes.has_multibyte && !is_valid_utf8(text))) {
        return false;
    }
    auto rest = text.substr(1, text.size() - 2);
    name_list names(members);
    do {
        if (!take_member(names, rest)) {
            return false;
        }
    } while (take(',', rest));
    return rest.empty() && !names.has_repeated();
}

} // namespace sluice::core
