#include "http/exchange/access_log.hpp"

#include "http/telemetry/log_line.hpp"

#include <new>

namespace sluice::http {

namespace {

constexpr std::size_t flush_at = std::size_t{32} * 1024; // bytes

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

void write_user(std::string_view user_id, const log_policy& policy, core::pseudonym_cache& seen,
                log_line& line) {
    if (user_id.empty() || policy.user == core::logged_user::off) {
        return;
    }
    if (policy.user == core::logged_user::plain) {
        line.text("user", user_id);
        return;
    }
    const auto name = seen.of(user_id, *policy.names);
    line.word("user", {name.data(), name.size()});
}

// The range as in Content-Range, without the size: "0-99". For several parts, their number.
void write_range(const exchange_record& record, log_line& line) {
    if (record.slices > 1) {
        line.number("parts", record.slices);
    } else if (record.slices == 1) {
        const auto& slice = record.slice;
        line.range("range", slice.first, slice.first + slice.length - 1);
    }
}

std::uint64_t count_of(std::chrono::microseconds time) noexcept {
    return static_cast<std::uint64_t>(time.count());
}

} // namespace

void append_access_line(const access_entry& entry, const log_policy& policy,
                        core::pseudonym_cache& seen, std::string& out) {
    const auto& record = entry.record;
    log_line line(policy.format, out);
    line.time("time", entry.time);
    line.word("request_id", entry.request_id);
    line.word("peer", entry.peer);
    line.text("method", record.method); // empty when there was no request line
    line.word("route", name_of(record.route));
    line.number("status", entry.over.status);
    line.number("bytes", entry.over.bytes);
    write_range(record, line);
    line.number("duration_us", count_of(entry.over.to_end));
    line.number("first_byte_us", count_of(entry.over.to_first_byte));
    line.word("outcome", name_of(entry.how));
    if (record.is_after_expiry) {
        line.word("admitted_by", "resume_window");
    }
    line.text_if_any("problem", record.problem);
    line.text_if_any("cause", record.cause);
    line.text_if_any("jti", record.jti); // may be any text, chosen by the signer
    write_user(record.user_id, policy, seen, line);
    line.end();
}

void access_log::write(const access_entry& entry, const log_policy& policy) noexcept {
    const auto before = buffer_.size();
    try {
        append_access_line(entry, policy, seen_, buffer_);
        ++lines_;
    } catch (const std::bad_alloc&) {
        buffer_.resize(before);
        count_.log_lines_dropped.add();
    }
    if (buffer_.size() >= flush_at) {
        flush();
    }
}

void access_log::flush() noexcept {
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
