#include "core/text/timestamp.hpp"

#include "core/text/ascii_class.hpp"
#include "core/text/decimal.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>

namespace sluice::core {

namespace {

using std::chrono::sys_days;
using std::chrono::sys_seconds;

bool are_digits(std::string_view text) noexcept {
    return !text.empty() && std::ranges::all_of(text, is_ascii_digit);
}

/// Removes `count` digits from the front of `text`; -1 when they are not there.
int take_number(std::string_view& text, std::size_t count) noexcept {
    if (text.size() < count || !are_digits(text.substr(0, count))) {
        return -1;
    }
    int value = 0;
    std::from_chars(text.data(), text.data() + count, value);
    text.remove_prefix(count);
    return value;
}

bool take(std::string_view& text, char letter) noexcept {
    const bool is_there = text.starts_with(letter);
    text.remove_prefix(is_there ? 1 : 0);
    return is_there;
}

std::optional<sys_days> take_day(std::string_view& text) noexcept {
    const int year = take_number(text, 4);
    const bool first_dash = take(text, '-');
    const int month = take_number(text, 2);
    const bool second_dash = take(text, '-');
    const int day = take_number(text, 2);
    if (year < 0 || month < 0 || day < 0 || !first_dash || !second_dash) {
        return std::nullopt;
    }
    const std::chrono::year_month_day date{std::chrono::year(year),
                                           std::chrono::month(static_cast<unsigned>(month)),
                                           std::chrono::day(static_cast<unsigned>(day))};
    return date.ok() ? std::optional(sys_days(date)) : std::nullopt;
}

/// "hh:mm", in minutes.
std::optional<std::chrono::minutes> take_minutes(std::string_view& text) noexcept {
    const int hours = take_number(text, 2);
    const bool colon = take(text, ':');
    const int minutes = take_number(text, 2);
    if (!colon || hours < 0 || hours > 23 || minutes < 0 || minutes > 59) {
        return std::nullopt;
    }
    return std::chrono::hours(hours) + std::chrono::minutes(minutes);
}

/// "Z" or "+hh:mm", to the end of the text.
std::optional<std::chrono::minutes> take_offset(std::string_view& text) noexcept {
    if (text == "Z") {
        return std::chrono::minutes{0};
    }
    const bool is_east = take(text, '+');
    if (!is_east && !take(text, '-')) {
        return std::nullopt;
    }
    const auto size = take_minutes(text);
    if (!size || !text.empty()) {
        return std::nullopt;
    }
    return is_east ? *size : -*size;
}

std::optional<sys_seconds> parse_rfc3339(std::string_view text) noexcept {
    const auto day = take_day(text);
    if (!day || text.empty()) {
        return day ? std::optional<sys_seconds>(*day) : std::nullopt;
    }
    if (!take(text, 'T')) {
        return std::nullopt;
    }
    const auto time = take_minutes(text);
    const bool colon = take(text, ':');
    const int seconds = take_number(text, 2);
    const auto offset = take_offset(text);
    if (!time || !colon || seconds < 0 || seconds > 59 || !offset) {
        return std::nullopt;
    }
    return *day + *time + std::chrono::seconds(seconds) - *offset;
}

} // namespace

std::optional<std::int64_t> parse_timestamp(std::string_view text) noexcept {
    constexpr std::size_t most_digits = 15; // below 2^53
    if (are_digits(text)) {
        std::int64_t value = 0;
        std::from_chars(text.data(), text.data() + text.size(), value);
        return text.size() <= most_digits ? std::optional(value) : std::nullopt;
    }
    const auto parsed = parse_rfc3339(text);
    if (!parsed || parsed->time_since_epoch().count() < 0) {
        return std::nullopt;
    }
    return parsed->time_since_epoch().count();
}

char* put_date_time(sys_seconds time, char separator, char* at) noexcept {
    const auto day = std::chrono::floor<std::chrono::days>(time);
    const std::chrono::year_month_day date(day);
    const std::chrono::hh_mm_ss clock(time - day);
    at = put_padded(static_cast<unsigned>(static_cast<int>(date.year())), 4, at);
    *at++ = '-';
    at = put_padded(static_cast<unsigned>(date.month()), 2, at);
    *at++ = '-';
    at = put_padded(static_cast<unsigned>(date.day()), 2, at);
    *at++ = separator;
    at = put_padded(static_cast<unsigned>(clock.hours().count()), 2, at);
    *at++ = ':';
    at = put_padded(static_cast<unsigned>(clock.minutes().count()), 2, at);
    *at++ = ':';
    return put_padded(static_cast<unsigned>(clock.seconds().count()), 2, at);
}

std::string format_timestamp(std::int64_t seconds) {
    constexpr std::int64_t year_10000 = 253'402'300'800;
    if (seconds < 0 || seconds >= year_10000) {
        return std::to_string(seconds);
    }
    std::string text(date_time_size, '\0');
    put_date_time(sys_seconds{std::chrono::seconds(seconds)}, 'T', text.data());
    return text + 'Z';
}

} // namespace sluice::core
