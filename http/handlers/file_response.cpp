#include "http/handlers/file_response.hpp"

#include "core/download/download_name.hpp"
#include "core/download/media_type.hpp"
#include "core/text/decimal.hpp"

#include <unistd.h>

#include <string>
#include <utility>

namespace sluice::http {

namespace {

using outcome = core::download_plan::outcome;

void add_line(std::string_view name, std::string_view value, std::string& lines) {
    lines.append(name).append(": ").append(value).append("\r\n");
}

// None where no tag can be trusted.
void add_tag(const core::representation& version, response& out) {
    if (!version.etag.empty()) {
        out.field("ETag", version.etag);
    }
}

// The fields that 200, 206 and 304 share (RFC 9110 §15.4.5). Last-Modified is never later than Date
// (§8.8.2.1).
std::string validator_lines(const core::representation& version, std::string_view date,
                            std::chrono::sys_seconds now) {
    std::string lines;
    if (!version.etag.empty()) {
        add_line("ETag", version.etag, lines);
    }
    if (version.gives_date()) {
        const bool is_ahead = version.last_modified > now.time_since_epoch().count();
        add_line("Last-Modified", is_ahead ? date : version.last_modified_text, lines);
    }
    // no-cache: with "private" alone a cache may take a guess at how long it is fresh (RFC 9111
    // §4.2.2), and hand out an old version without asking.
    lines += "Accept-Ranges: bytes\r\nCache-Control: private, no-cache\r\n"
             "Vary: Authorization, Origin\r\n";
    return lines;
}

// A download is saved, never rendered (docs/security.md, threat 23).
std::string disposition_lines(std::string_view filename) {
    std::string value;
    core::append_content_disposition(filename, value);
    std::string lines;
    add_line("Content-Disposition", value, lines);
    lines += "Content-Security-Policy: sandbox\r\nReferrer-Policy: no-referrer\r\n";
    // nginx, as it is installed, takes in up to a gigabyte at once and then nothing until its
    // client has caught up: longer than limits.stall_timeout, so the download was cut (issue 15).
    lines += "X-Accel-Buffering: no\r\n";
    return lines;
}

// All bytes of a small file; empty when it is not small, or not any more what fstat said.
std::string read_small(const core::open_media& media) {
    std::string content;
    if (media.facts.size <= max_kept_content) {
        content.resize(media.facts.size);
        const auto got = ::pread(media.fd.get(), content.data(), content.size(), 0);
        // Written to since fstat: bytes of another version must not be kept under this one's tag.
        if (got != static_cast<ssize_t>(content.size()) || !core::is_current(media)) {
            content.clear();
        }
    }
    return content;
}

void refuse_precondition(const core::representation& version, reply& out) {
    add_tag(version, out.begin_problem(problem_id::precondition_failed));
    out.finish_problem();
}

void refuse_range(const core::representation& version, reply& out) {
    std::string range = "bytes */";
    core::append_decimal(version.size, range);
    auto& response = out.begin_problem(problem_id::range_not_satisfiable);
    response.field("Content-Range", range);
    add_tag(version, response); // so that a client sees that it has all of it already
    response.field("Accept-Ranges", "bytes");
    out.finish_problem();
}

void send_content(const core::download_plan& plan, const cached_file& file, request_ids& ids,
                  reply& out) {
    auto& response = out.begin(plan.what == outcome::whole ? 200 : 206);
    response.fields(file.validators);
    response.fields(file.disposition);
    if (plan.what != outcome::whole) {
        out.record().slice = plan.slices.view().front();
        out.record().slices = static_cast<unsigned>(plan.slices.view().size());
    }
    if (plan.what == outcome::parts) {
        response.finish_with(file, plan.slices.view(), ids.boundary());
        return;
    }
    response.field("Content-Type", file.type);
    const auto slice = plan.what == outcome::part ? plan.slices.view().front()
                                                  : core::byte_slice{0, file.media->facts.size};
    response.finish_with(file, slice);
}

} // namespace

cached_file_handle prepare_file(core::media_library::found opened, std::string_view filename,
                                std::string_view date, std::chrono::sys_seconds now) {
    auto prepared = std::make_shared<cached_file>();
    auto& media = opened.file;
    prepared->owner = std::move(opened.trainer_id);
    prepared->validators = validator_lines(media->version, date, now);
    prepared->disposition = disposition_lines(filename);
    prepared->type = core::media_type_of(filename);
    prepared->content = read_small(*media);
    prepared->media = std::move(media);
    return prepared;
}

void send_file(const core::download_plan& plan, const cached_file& file, request_ids& ids,
               reply& out) {
    switch (plan.what) {
    case outcome::precondition_failed:
        refuse_precondition(file.media->version, out);
        return;
    case outcome::unsatisfiable:
        refuse_range(file.media->version, out);
        return;
    case outcome::not_modified: {
        auto& response = out.begin(304);
        response.fields(file.validators);
        response.finish_empty();
        return;
    }
    case outcome::whole:
    case outcome::part:
    case outcome::parts:
        break;
    }
    send_content(plan, file, ids, out);
}

} // namespace sluice::http
