#include "http/handlers/mint_audit.hpp"

#include "http/telemetry/log_line.hpp"

namespace sluice::http {

namespace {

void write_media(const mint_request& wanted, log_line& line) {
    const auto& media = wanted.media;
    line.text("user_id", wanted.user_id);
    line.text("type", core::name_of(media.kind()));
    line.text_if_any("trainer_id", media.trainer_id());
    line.text("course_id", media.course_id());
    line.text_if_any("module_id", media.module_id());
    line.text_if_any("lesson_id", media.lesson_id());
    line.text("filename", media.filename());
}

} // namespace

void append_audit_line(const audit_entry& entry, std::string& out) {
    log_line line(core::log_format::json, out);
    line.time("time", entry.time);
    line.text("event", "mint");
    line.text("request_id", entry.request_id);
    line.text("peer", entry.peer);
    line.text_if_any("by", entry.by);
    line.text("outcome", entry.cause.empty() ? "issued" : "refused");
    line.text_if_any("cause", entry.cause);
    line.text_if_any("check", entry.check);
    if (entry.wanted != nullptr) {
        write_media(*entry.wanted, line);
    }
    if (entry.ttl) {
        line.number("ttl", static_cast<std::uint64_t>(entry.ttl->count()));
    }
    if (const auto window = entry.resume_expires_in.count(); window != 0) {
        line.number("resume_expires_in", static_cast<std::uint64_t>(window));
    }
    line.text_if_any("jti", entry.jti);
    if (entry.note != nullptr && entry.note->parent()) {
        line.word("trace_id", entry.note->parent()->trace_id());
        line.word("span_id", entry.note->span_id());
        line.word("parent_span_id", entry.note->parent()->parent_id());
    }
    line.end();
}

} // namespace sluice::http
