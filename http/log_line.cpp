#include "http/log_line.hpp"

#include "core/json_quote.hpp"
#include "http/decimal.hpp"

#include <algorithm>
#include <array>

namespace sluice::http {

namespace {

void append_padded(unsigned value, unsigned width, std::string& out) {
    std::array<char, 4> digits{};
    for (unsigned i = width; i-- > 0; value /= 10) {
        digits[i] = static_cast<char>('0' + value % 10);
    }
    out.append(digits.data(), width);
}

void append_time(std::chrono::system_clock::time_point time, std::string& out) {
    const auto milliseconds = std::chrono::floor<std::chrono::milliseconds>(time);
    const auto day = std::chrono::floor<std::chrono::days>(milliseconds);
    const std::chrono::year_month_day date(day);
    const std::chrono::hh_mm_ss clock(milliseconds - day);
    append_padded(static_cast<unsigned>(static_cast<int>(date.year())), 4, out);
    out += '-';
    append_padded(static_cast<unsigned>(date.month()), 2, out);
    out += '-';
    append_padded(static_cast<unsigned>(date.day()), 2, out);
    out += 'T';
    append_padded(static_cast<unsigned>(clock.hours().count()), 2, out);
    out += ':';
    append_padded(static_cast<unsigned>(clock.minutes().count()), 2, out);
    out += ':';
    append_padded(static_cast<unsigned>(clock.seconds().count()), 2, out);
    out += '.';
    append_padded(static_cast<unsigned>(clock.subseconds().count()), 3, out);
    out += 'Z';
}

// What logfmt takes without quotes: visible ASCII but for quotes, backslashes and the equals sign.
bool is_bare(std::string_view value) {
    return !value.empty() && std::ranges::all_of(value, [](char c) {
        return c > ' ' && c < '\x7f' && c != '"' && c != '\\' && c != '=';
    });
}

} // namespace

log_line::log_line(core::log_format format, std::string& out)
    : out_(out), is_json_(format == core::log_format::json) {
    if (is_json_) {
        out_ += '{';
    }
}

void log_line::begin(std::string_view name) {
    if (!is_first_) {
        out_ += is_json_ ? ',' : ' ';
    }
    is_first_ = false;
    if (is_json_) {
        out_.append("\"").append(name).append("\":");
    } else {
        out_.append(name).append("=");
    }
}

void log_line::text(std::string_view name, std::string_view value) {
    begin(name);
    if (!is_json_ && is_bare(value)) {
        out_ += value;
    } else {
        core::append_json_quoted(value, out_);
    }
}

void log_line::text_if_any(std::string_view name, std::string_view value) {
    if (!value.empty()) {
        text(name, value);
    }
}

void log_line::number(std::string_view name, std::uint64_t value) {
    begin(name);
    append_decimal(value, out_);
}

void log_line::range(std::string_view name, std::uint64_t first, std::uint64_t last) {
    begin(name);
    quote_json();
    append_decimal(first, out_);
    out_ += '-';
    append_decimal(last, out_);
    quote_json();
}

void log_line::quote_json() {
    if (is_json_) {
        out_ += '"';
    }
}

void log_line::time(std::string_view name, std::chrono::system_clock::time_point value) {
    begin(name);
    quote_json();
    append_time(value, out_);
    quote_json();
}

void log_line::end() {
    out_ += is_json_ ? "}\n" : "\n";
}

} // namespace sluice::http
