#include "http/handlers/file_response.hpp"

#include "core/download_name.hpp"
#include "core/media_type.hpp"
#include "http/decimal.hpp"

#include <string>
#include <utility>

namespace sluice::http {

namespace {

using outcome = core::download_plan::outcome;

// The fields that 200, 206 and 304 share (RFC 9110 §15.4.5).
void add_validators(const core::representation& version, std::chrono::sys_seconds now,
                    std::string_view date, response& out) {
    out.field("ETag", version.etag);
    if (version.is_dated()) {
        const bool is_ahead = version.last_modified > now.time_since_epoch().count();
        out.field("Last-Modified", is_ahead ? date : std::string_view(version.last_modified_text));
    }
    out.field("Accept-Ranges", "bytes");
    out.field("Cache-Control", "private");
    out.field("Vary", "Authorization, Origin");
}

// A download is saved, never rendered (threats 23).
void add_download_fields(std::string_view filename, response& out) {
    std::string disposition;
    core::append_content_disposition(filename, disposition);
    out.field("Content-Disposition", disposition);
    out.field("Content-Security-Policy", "sandbox");
    out.field("Referrer-Policy", "no-referrer");
}

void refuse_precondition(const core::representation& version, reply& out) {
    out.begin_problem(problem_id::precondition_failed).field("ETag", version.etag);
    out.finish_problem();
}

void refuse_range(const core::representation& version, reply& out) {
    std::string range = "bytes */";
    append_decimal(version.size, range);
    auto& response = out.begin_problem(problem_id::range_not_satisfiable);
    response.field("Content-Range", range);
    response.field("ETag", version.etag); // so that a client sees that it has all of it already
    response.field("Accept-Ranges", "bytes");
    out.finish_problem();
}

void send_content(const core::download_plan& plan, std::string_view filename,
                  core::media_handle file, std::chrono::sys_seconds now, reply& out) {
    auto& response = out.begin(plan.what == outcome::whole ? 200 : 206);
    const auto type = core::media_type_of(filename);
    add_validators(file->version, now, out.frame().date, response);
    add_download_fields(filename, response);
    if (plan.what == outcome::parts) {
        const std::string boundary = "sluice-" + std::string(out.frame().request_id);
        response.finish_with(std::move(file), plan.slices.view(), type, boundary);
        return;
    }
    response.field("Content-Type", type);
    const auto slice = plan.what == outcome::part ? plan.slices.view().front()
                                                  : core::byte_slice{0, file->version.size};
    response.finish_with(std::move(file), slice);
}

} // namespace

void send_file(const core::download_plan& plan, std::string_view filename, core::media_handle file,
               std::chrono::sys_seconds now, reply& out) {
    switch (plan.what) {
    case outcome::precondition_failed:
        refuse_precondition(file->version, out);
        return;
    case outcome::unsatisfiable:
        refuse_range(file->version, out);
        return;
    case outcome::not_modified: {
        auto& response = out.begin(304);
        add_validators(file->version, now, out.frame().date, response);
        response.finish_empty();
        return;
    }
    case outcome::whole:
    case outcome::part:
    case outcome::parts:
        break;
    }
    send_content(plan, filename, std::move(file), now, out);
}

} // namespace sluice::http
