#include "http/telemetry/log_line.hpp"

#include "core/json/json_quote.hpp"
#include "core/text/decimal.hpp"
#include "core/text/put_text.hpp"
#include "core/text/timestamp.hpp"

#include <algorithm>

namespace sluice::http {

namespace {

constexpr std::size_t usual_size = 384; // bytes of a line: usually one resize is enough
constexpr std::size_t time_size = sizeof "2024-01-02T03:04:05.678Z";
constexpr std::size_t quotes = 2;

char* put_time(std::chrono::system_clock::time_point time, char* at) noexcept {
    const auto milliseconds = std::chrono::floor<std::chrono::milliseconds>(time);
    const auto seconds = std::chrono::floor<std::chrono::seconds>(milliseconds);
    at = core::put_date_time(seconds, 'T', at);
    *at++ = '.';
    at = core::put_padded(static_cast<unsigned>((milliseconds - seconds).count()), 3, at);
    *at++ = 'Z';
    return at;
}

// True when logfmt needs no quotes: visible ASCII without quotes, backslashes and the equals sign.
bool is_bare(std::string_view value) {
    return !value.empty() && std::ranges::all_of(value, [](char c) {
        return c > ' ' && c < '\x7f' && c != '"' && c != '\\' && c != '=';
    });
}

} // namespace

log_line::log_line(core::log_format format, std::string& out)
    : out_(out), used_(out.size()), is_json_(format == core::log_format::json) {}

char* log_line::begin(std::string_view name, std::size_t most) {
    constexpr std::size_t marks = sizeof R"(,"":)";
    const auto needed = used_ + name.size() + marks + most + sizeof "}\n";
    if (out_.size() < needed) {
        out_.resize(needed + usual_size);
    }
    char* at = out_.data() + used_;
    if (is_json_) {
        *at++ = is_first_ ? '{' : ',';
        *at++ = '"';
        at = core::put_text(name, at);
        *at++ = '"';
        *at++ = ':';
    } else {
        if (!is_first_) {
            *at++ = ' ';
        }
        at = core::put_text(name, at);
        *at++ = '=';
    }
    is_first_ = false;
    return at;
}

void log_line::end_at(const char* at) noexcept {
    used_ = static_cast<std::size_t>(at - out_.data());
}

char* log_line::quote_json(char* at) const noexcept {
    if (is_json_) {
        *at++ = '"';
    }
    return at;
}

void log_line::text(std::string_view name, std::string_view value) {
    if (!is_json_ && is_bare(value)) {
        word(name, value);
        return;
    }
    char* const at = begin(name, core::json_quoted_bound(value.size()));
    end_at(core::put_json_quoted(value, at));
}

void log_line::text_if_any(std::string_view name, std::string_view value) {
    if (!value.empty()) {
        text(name, value);
    }
}

void log_line::word(std::string_view name, std::string_view value) {
    char* const at = begin(name, value.size() + quotes);
    end_at(quote_json(core::put_text(value, quote_json(at))));
}

void log_line::number(std::string_view name, std::uint64_t value) {
    end_at(core::put_decimal(value, begin(name, core::max_decimal_size)));
}

void log_line::range(std::string_view name, std::uint64_t first, std::uint64_t last) {
    char* at = quote_json(begin(name, 2 * core::max_decimal_size + sizeof "-" + quotes));
    at = core::put_decimal(first, at);
    *at++ = '-';
    end_at(quote_json(core::put_decimal(last, at)));
}

void log_line::time(std::string_view name, std::chrono::system_clock::time_point value) {
    char* const at = begin(name, time_size + quotes);
    end_at(quote_json(put_time(value, quote_json(at))));
}

void log_line::end() {
    out_.resize(used_); // begin() has left room for the end
    if (is_json_) {
        out_ += is_first_ ? "{}" : "}";
    }
    out_ += '\n';
}

} // namespace sluice::http
