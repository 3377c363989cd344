#include "core/download/http_date.hpp"

#include "core/text/ascii_class.hpp"
#include "core/text/decimal.hpp"

#include <algorithm>
#include <cstddef>
#include <span>

namespace sluice::core {

namespace {

using namespace std::chrono;

constexpr std::array<std::string_view, 7> short_days{"Sun", "Mon", "Tue", "Wed",
                                                     "Thu", "Fri", "Sat"};
constexpr std::array<std::string_view, 7> long_days{"Sunday",   "Monday", "Tuesday", "Wednesday",
                                                    "Thursday", "Friday", "Saturday"};
constexpr std::array<std::string_view, 12> months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                  "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

constexpr sys_seconds earliest = sys_days{year{1} / January / 1};
constexpr sys_seconds latest = sys_days{year{9999} / December / 31} + days{1} - seconds{1};

constexpr years rfc850_window{50};

struct date_fields {
    int year = 0;
    int month = 0; // 1 to 12
    int day = 0;
    int hour = 0;
    int minute = 0;
    int second = 0;
};

/// Reads from the front of a text. After the first mismatch all reads yield 0, so that a grammar
/// can be written as a sequence of reads and checked once, by is_done().
class reader {
  public:
    explicit reader(std::string_view text) noexcept : rest_(text) {}

    void skip(std::string_view literal) noexcept {
        if (require(rest_.starts_with(literal))) {
            rest_.remove_prefix(literal.size());
        }
    }

    [[nodiscard]] int number(std::size_t digits) noexcept {
        const auto text = rest_.substr(0, digits);
        if (!require(text.size() == digits && std::ranges::all_of(text, is_ascii_digit))) {
            return 0;
        }
        rest_.remove_prefix(digits);
        int value = 0;
        for (const char c : text) {
            value = value * 10 + (c - '0');
        }
        return value;
    }

    /// The index, counted from 1, of the one of `names` that comes next.
    int name(std::span<const std::string_view> names) noexcept {
        const auto found = std::ranges::find_if(
            names, [this](std::string_view name) { return rest_.starts_with(name); });
        if (!require(found != names.end())) {
            return 0;
        }
        rest_.remove_prefix(found->size());
        return static_cast<int>(found - names.begin()) + 1;
    }

    [[nodiscard]] bool next_is(char c) const noexcept { return rest_.starts_with(c); }
    [[nodiscard]] bool is_done() const noexcept { return is_good_ && rest_.empty(); }

  private:
    bool require(bool condition) noexcept {
        is_good_ = is_good_ && condition;
        return is_good_;
    }

    std::string_view rest_;
    bool is_good_ = true;
};

void read_time(reader& in, date_fields& out) noexcept {
    out.hour = in.number(2);
    in.skip(":");
    out.minute = in.number(2);
    in.skip(":");
    out.second = in.number(2);
}

/// "Sun, 06 Nov 1994 08:49:37 GMT"
[[nodiscard]] std::optional<date_fields> read_imf_fixdate(std::string_view text) noexcept {
    reader in(text);
    date_fields out;
    in.name(short_days);
    in.skip(", ");
    out.day = in.number(2);
    in.skip(" ");
    out.month = in.name(months);
    in.skip(" ");
    out.year = in.number(4);
    in.skip(" ");
    read_time(in, out);
    in.skip(" GMT");
    return in.is_done() ? std::optional(out) : std::nullopt;
}

/// "Sunday, 06-Nov-94 08:49:37 GMT"; the year keeps its two digits.
[[nodiscard]] std::optional<date_fields> read_rfc850_date(std::string_view text) noexcept {
    reader in(text);
    date_fields out;
    in.name(long_days);
    in.skip(", ");
    out.day = in.number(2);
    in.skip("-");
    out.month = in.name(months);
    in.skip("-");
    out.year = in.number(2);
    in.skip(" ");
    read_time(in, out);
    in.skip(" GMT");
    return in.is_done() ? std::optional(out) : std::nullopt;
}

/// "Sun Nov  6 08:49:37 1994"; the day may also have two digits.
[[nodiscard]] std::optional<date_fields> read_asctime_date(std::string_view text) noexcept {
    reader in(text);
    date_fields out;
    in.name(short_days);
    in.skip(" ");
    out.month = in.name(months);
    in.skip(" ");
    const bool is_padded = in.next_is(' ');
    in.skip(is_padded ? " " : "");
    out.day = in.number(is_padded ? 1 : 2);
    in.skip(" ");
    read_time(in, out);
    in.skip(" ");
    out.year = in.number(4);
    return in.is_done() ? std::optional(out) : std::nullopt;
}

[[nodiscard]] std::optional<sys_seconds> instant_of(const date_fields& in) noexcept {
    const year_month_day date{year{in.year}, month{static_cast<unsigned>(in.month)},
                              day{static_cast<unsigned>(in.day)}};
    const bool is_leap_second = in.hour == 23 && in.minute == 59 && in.second == 60;
    const bool is_time = in.hour < 24 && in.minute < 60 && (in.second < 60 || is_leap_second);
    if (in.year < 1 || !date.ok() || !is_time) {
        return std::nullopt;
    }
    return sys_days{date} + hours{in.hour} + minutes{in.minute} + seconds{in.second};
}

[[nodiscard]] std::optional<sys_seconds> instant_of_rfc850(date_fields in,
                                                           sys_seconds now) noexcept {
    const auto today = floor<days>(now);
    const year_month_day horizon_date = year_month_day{today} + rfc850_window;
    const auto horizon = sys_days{horizon_date} + (now - today);
    const int horizon_year = static_cast<int>(horizon_date.year());
    in.year += (horizon_year - in.year) / 100 * 100;
    const auto candidate = instant_of(in);
    if (!candidate || *candidate <= horizon) {
        return candidate;
    }
    in.year -= 100;
    return instant_of(in);
}

} // namespace

void format_http_date(std::int64_t unix_seconds, http_date_text& out) noexcept {
    const auto instant = std::clamp(sys_seconds{seconds{unix_seconds}}, earliest, latest);
    const auto midnight = floor<days>(instant);
    const year_month_day date{midnight};
    const hh_mm_ss time{instant - midnight};

    constexpr std::string_view pattern = "___, __ ___ ____ __:__:__ GMT";
    static_assert(pattern.size() == std::tuple_size_v<http_date_text>);
    std::ranges::copy(pattern, out.begin());
    std::ranges::copy(short_days[weekday{midnight}.c_encoding()], out.begin());
    put_padded(static_cast<unsigned>(date.day()), 2, out.data() + 5);
    std::ranges::copy(months[static_cast<unsigned>(date.month()) - 1], out.begin() + 8);
    put_padded(static_cast<unsigned>(static_cast<int>(date.year())), 4, out.data() + 12);
    put_padded(static_cast<unsigned>(time.hours().count()), 2, out.data() + 17);
    put_padded(static_cast<unsigned>(time.minutes().count()), 2, out.data() + 20);
    put_padded(static_cast<unsigned>(time.seconds().count()), 2, out.data() + 23);
}

std::string format_http_date(std::int64_t unix_seconds) {
    http_date_text text{};
    format_http_date(unix_seconds, text);
    return {text.begin(), text.end()};
}

std::optional<std::int64_t> parse_http_date(std::string_view text, sys_seconds now) noexcept {
    std::optional<sys_seconds> instant;
    if (const auto fixdate = read_imf_fixdate(text)) {
        instant = instant_of(*fixdate);
    } else if (const auto rfc850 = read_rfc850_date(text)) {
        instant = instant_of_rfc850(*rfc850, now);
    } else if (const auto asctime = read_asctime_date(text)) {
        instant = instant_of(*asctime);
    }
    return instant ? std::optional(std::int64_t{instant->time_since_epoch().count()})
                   : std::nullopt;
}

} // namespace sluice::core
