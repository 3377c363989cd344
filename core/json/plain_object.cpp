#include "core/json/plain_object.hpp"

#include "core/text/any_byte.hpp"
#include "core/text/utf8.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

namespace sluice::core {

namespace {

/// True when `text` is visible ASCII and spaces without a backslash, as nearly all claims are.
bool is_plain(std::string_view text) noexcept {
    return !any_byte(text,
                     [](auto byte) { return (byte < 0x20) | (byte >= 0x80) | (byte == '\\'); });
}

bool has_special(std::string_view text) noexcept {
    return any_byte(text, [](auto byte) { return (byte < 0x20) | (byte == '\\'); });
}

/// The members of an object that are not read yet. The '}' behind them is part of the memory: it
/// ends every loop over characters, so that none has to compare positions too.
class cursor {
  public:
    /// REQUIRES: `object` ends in '}'.
    explicit cursor(std::string_view object) noexcept
        : at_(object.data() + 1), end_(object.data() + object.size() - 1) {}

    [[nodiscard]] bool is_at_end() const noexcept { return at_ == end_; }
    /// The next character; '}' at the end.
    [[nodiscard]] char front() const noexcept { return *at_; }
    /// REQUIRES: as many characters are left.
    void skip(std::size_t count) noexcept { at_ += count; }
    [[nodiscard]] std::string_view rest() const noexcept {
        return {at_, static_cast<std::size_t>(end_ - at_)};
    }

  private:
    const char* at_;
    const char* end_; // the '}'
};

void skip_spaces(cursor& rest) noexcept {
    while (rest.front() == ' ') {
        rest.skip(1);
    }
}

/// REQUIRES: `wanted` is not '}'.
bool take(char wanted, cursor& rest) noexcept {
    if (rest.front() != wanted) {
        return false;
    }
    rest.skip(1);
    return true;
}

/// Takes a text in quotes. A text that ends in this way contains no escape: there is no backslash.
bool take_quoted(cursor& rest, std::string_view& out) noexcept {
    const auto text = rest.rest();
    const auto end = rest.front() == '"' ? text.find('"', 1) : std::string_view::npos;
    if (end == std::string_view::npos) {
        return false;
    }
    out = {text.data() + 1, end - 1};
    rest.skip(end + 1);
    return true;
}

bool take_text(cursor& rest, std::string& out) {
    std::string_view text;
    if (!take_quoted(rest, text) || text.empty()) {
        return false;
    }
    out.assign(text);
    return true;
}

bool take_word(std::string_view word, cursor& rest) noexcept {
    if (rest.front() != word.front() || !rest.rest().starts_with(word)) {
        return false;
    }
    rest.skip(word.size());
    return true;
}

/// Digits only: the general reader handles fractions and exponents.
template <class Number>
bool take_number(cursor& rest, std::optional<Number>& out) noexcept {
    constexpr std::size_t most_digits = 15; // every number of 15 digits is below 2^53
    auto next = rest;
    std::int64_t value = 0;
    std::size_t digits = 0;
    for (char c = next.front(); c >= '0' && c <= '9'; c = next.front()) {
        if (digits == most_digits) {
            return false;
        }
        value = value * 10 + (c - '0');
        ++digits;
        next.skip(1);
    }
    if (digits == 0 || (digits > 1 && rest.front() == '0')) {
        return false;
    }
    out = value;
    rest = next;
    return true;
}

bool take_value(const json_member& member, cursor& rest) {
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
bool skip_value(cursor& rest) noexcept {
    std::string_view text;
    std::optional<std::int64_t> number;
    return take_quoted(rest, text) || take_number(rest, number) || take_word("true", rest) ||
           take_word("false", rest) || take_word("null", rest);
}

/// True when `at` begins with `name`. For names of a few bytes: a call of memcmp() takes longer.
bool begins_with(const char* at, std::string_view name) noexcept {
    for (const char c : name) {
        if (*at++ != c) {
            return false;
        }
    }
    return true;
}

bool is_same(std::string_view a, std::string_view b) noexcept {
    return a.size() == b.size() && begins_with(a.data(), b);
}

/// The names of one object, each of which may occur only once.
class name_list {
  public:
    explicit name_list(std::span<const json_member> members) noexcept : members_(members) {}

    /// Takes the name of a member behind the last one that was found, and its colon, without
    /// spaces. Null when there is none: call find(). An object in the order of the list needs no
    /// search.
    [[nodiscard]] const json_member* take_next(cursor& rest) noexcept {
        if (rest.front() != '"') {
            return nullptr;
        }
        const auto text = rest.rest();
        for (auto i = next_; i < members_.size(); ++i) {
            const auto name = members_[i].name;
            const auto size = name.size() + 3; // with the quotes and the colon
            if (text.size() >= size && text[size - 2] == '"' && text[size - 1] == ':' &&
                begins_with(text.data() + 1, name)) {
                rest.skip(size);
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
        auto& names = unknown_ ? *unknown_ : unknown_.emplace();
        const auto known = std::span(names).first(unknown_count_);
        if (name.empty() || name.size() > max_json_name_bytes || unknown_count_ == names.size() ||
            std::ranges::find(known, name) != known.end()) {
            return false;
        }
        names[unknown_count_++] = name;
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
    // None in an object of ours, which then does not spend the time to clear them.
    std::optional<std::array<std::string_view, most_unknown>> unknown_;
    std::size_t unknown_count_ = 0;
};

/// Takes a name that take_next() has not taken. True when it is known, and `member` is it, or when
/// it may be skipped, and `member` is null.
bool take_any_name(name_list& names, cursor& rest, const json_member*& member) {
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
bool take_member(name_list& names, cursor& rest) {
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
    if (!is_plain(text) && (has_special(text) || !is_valid_utf8(text))) {
        return false;
    }
    cursor rest(text);
    name_list names(members);
    do {
        if (!take_member(names, rest)) {
            return false;
        }
    } while (take(',', rest));
    return rest.is_at_end() && !names.has_repeated();
}

} // namespace sluice::core
