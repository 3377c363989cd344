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

std::uint64_t count_of(std::chrono::microseconds time) noexcept {
    return static_cast<std::uint64_t>(time.count());
}

using field = core::access_field;

// The line, without the fields that the operator does not want.
class chosen_fields {
  public:
    chosen_fields(log_line& line, core::access_fields wanted) noexcept
        : line_(line), wanted_(wanted) {}

    void text(field which, std::string_view value) {
        if (wanted_.has(which)) {
            line_.text(core::name_of(which), value);
        }
    }
    void text_if_any(field which, std::string_view value) {
        if (!value.empty()) {
            text(which, value);
        }
    }
    void word(field which, std::string_view value) {
        if (wanted_.has(which)) {
            line_.word(core::name_of(which), value);
        }
    }
    void number(field which, std::uint64_t value) {
        if (wanted_.has(which)) {
            line_.number(core::name_of(which), value);
        }
    }
    void range(field which, std::uint64_t first, std::uint64_t last) {
        if (wanted_.has(which)) {
            line_.range(core::name_of(which), first, last);
        }
    }
    void time(field which, std::chrono::system_clock::time_point value) {
        if (wanted_.has(which)) {
            line_.time(core::name_of(which), value);
        }
    }
    [[nodiscard]] bool has(field which) const noexcept { return wanted_.has(which); }

  private:
    log_line& line_;
    core::access_fields wanted_;
};

void write_media(const request_note& note, chosen_fields& line) {
    if (note.type().empty()) {
        return;
    }
    line.word(field::type, note.type());
    for (const auto which : {field::trainer_id, field::course_id, field::module_id,
                             field::lesson_id, field::filename}) {
        line.text_if_any(which, note.name(which));
    }
}

// The range as in Content-Range, without the size: "0-99". For several parts, their number.
void write_range(const exchange_record& record, chosen_fields& line) {
    if (record.slices > 1) {
        line.number(field::parts, record.slices);
    } else if (record.slices == 1) {
        const auto& slice = record.slice;
        line.range(field::range, slice.first, slice.first + slice.length - 1);
    }
}

void write_user(std::string_view user_id, const log_policy& policy, core::pseudonym_cache& seen,
                chosen_fields& line) {
    if (user_id.empty() || policy.user == core::logged_user::off || !line.has(field::user)) {
        return;
    }
    if (policy.user == core::logged_user::plain) {
        line.text(field::user, user_id);
        return;
    }
    const auto name = seen.of(user_id, *policy.names);
    line.word(field::user, {name.data(), name.size()});
}

void write_trace(const request_note& note, chosen_fields& line) {
    if (const auto& parent = note.parent()) {
        line.word(field::trace_id, parent->trace_id());
        line.word(field::span_id, note.span_id());
        line.word(field::parent_span_id, parent->parent_id());
        line.word(field::trace_flags, parent->flags());
    }
}

void write_response(const access_entry& entry, chosen_fields& line) {
    line.number(field::status, entry.over.status);
    line.number(field::bytes, entry.over.bytes);
    if (entry.delivered) {
        line.number(field::delivered, *entry.delivered);
    }
    write_range(entry.record, line);
    line.number(field::duration_us, count_of(entry.over.to_end));
    line.number(field::first_byte_us, count_of(entry.over.to_first_byte));
    line.word(field::outcome, name_of(entry.how));
    if (entry.record.is_after_expiry) {
        line.word(field::admitted_by, "resume_window");
    }
    line.text_if_any(field::problem, entry.record.problem);
    line.text_if_any(field::cause, entry.record.cause);
}

} // namespace

void append_access_line(const access_entry& entry, const log_policy& policy,
                        core::pseudonym_cache& seen, std::string& out) {
    const auto& record = entry.record;
    log_line whole(policy.format, out);
    chosen_fields line(whole, policy.fields);
    line.time(field::time, entry.time);
    line.word(field::request_id, entry.request_id);
    line.word(field::peer, entry.peer);
    line.text(field::method, record.method); // empty when there was no request line
    line.word(field::route, name_of(record.route));
    write_media(record.note, line);
    write_response(entry, line);
    line.text_if_any(field::jti, record.jti); // may be any text, chosen by the signer
    write_user(record.user_id, policy, seen, line);
    line.text_if_any(field::user_agent, record.note.user_agent());
    write_trace(record.note, line);
    whole.end();
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
