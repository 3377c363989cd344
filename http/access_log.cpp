#include "http/access_log.hpp"

#include "core/json_quote.hpp"
#include "http/decimal.hpp"

#include <array>

namespace sluice::http {

namespace {

constexpr std::size_t flush_at = 32 * 1024; // bytes

std::string_view name_of(outcome how) noexcept {
    switch (how) {
    case outcome::complete:
        return "complete";
    case outcome::aborted:
        return "aborted";
    case outcome::cut:
        break;
    }
    return "cut";
}

void append_padded(unsigned value, unsigned width, std::string& out) {
    std::array<char, 4> digits{};
    for (unsigned i = width; i-- > 0; value /= 10) {
        digits[i] = static_cast<char>('0' + value % 10);
    }
    out.append(digits.data(), width);
}

// RFC 3339, milliseconds, UTC.
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

void append_member(std::string_view name, std::string_view value, std::string& out) {
    out.append(",\"").append(name).append("\":");
    core::append_json_quoted(value, out); // a jti is any text that its signer chose
}

} // namespace

void append_access_line(const access_entry& entry, std::string& out) {
    out += R"({"time":")";
    append_time(entry.time, out);
    out += '"';
    append_member("request_id", entry.request_id, out);
    append_member("peer", entry.peer, out);
    append_member("method", entry.record.method, out);
    append_member("route", name_of(entry.record.route), out);
    out += ",\"status\":";
    append_decimal(entry.status, out);
    out += ",\"bytes\":";
    append_decimal(entry.bytes, out);
    out += ",\"duration_us\":";
    append_decimal(static_cast<std::uint64_t>(entry.duration.count()), out);
    append_member("outcome", name_of(entry.how), out);
    if (!entry.record.problem.empty()) {
        append_member("problem", entry.record.problem, out);
    }
    if (!entry.record.cause.empty()) {
        append_member("cause", entry.record.cause, out);
    }
    if (!entry.record.jti.empty()) {
        append_member("jti", entry.record.jti, out);
    }
    out += "}\n";
}

void access_log::write(const access_entry& entry) {
    append_access_line(entry, buffer_);
    ++lines_;
    if (buffer_.size() >= flush_at) {
        flush();
    }
}

void access_log::flush() {
    if (buffer_.empty()) {
        return;
    }
    if (!sink_->write(buffer_)) {
        count_.log_lines_dropped.add(lines_);
    }
    buffer_.clear();
    lines_ = 0;
}

} // namespace sluice::http
