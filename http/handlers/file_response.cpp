#include "http/handlers/file_response.hpp"

#include "core/download/download_name.hpp"
#include "core/download/media_type.hpp"
#include "core/text/decimal.hpp"

#include <sys/uio.h>
#include <unistd.h>

#include <optional>
#include <string>
#include <utility>

namespace sluice::http {

namespace {

using outcome = core::download_plan::outcome;

void add_line(std::string_view name, std::string_view value, std::string& lines) {
    lines.append(name).append(": ").append(value).append("\r\n");
}

// Adds no ETag when the file has none that can be trusted.
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
    // no-cache: with "private" alone a cache may estimate how long the response is fresh (RFC 9111
    // §4.2.2) and serve an old version without validation.
    lines += "Accept-Ranges: bytes\r\nCache-Control: private, no-cache\r\n"
             "Vary: Authorization, Origin\r\n";
    return lines;
}

// A download is saved and never rendered (docs/security.md, threat 23).
std::string disposition_lines(std::string_view filename) {
    std::string value;
    core::append_content_disposition(filename, value);
    std::string lines;
    add_line("Content-Disposition", value, lines);
    lines += "Content-Security-Policy: sandbox\r\nReferrer-Policy: no-referrer\r\n";
    // In its default configuration nginx buffers up to a gigabyte at once, then reads nothing until
    // its client has caught up. That takes longer than limits.stall_timeout, so the download would
    // be cut.
    lines += "X-Accel-Buffering: no\r\n";
    return lines;
}

// The content of a small file; empty when the file is not small, has changed since fstat or has no
// descriptor. None: it is not in memory.
std::optional<std::string> read_small(const core::open_media& media, reading how) {
    std::string content;
    if (media.facts.size > max_kept_content || media.facts.size == 0 || !media.fd) {
        return content;
    }
    content.resize(media.facts.size);
    const iovec into{content.data(), content.size()};
    const auto got = how == reading::from_memory
                         ? ::preadv2(media.fd.get(), &into, 1, 0, RWF_NOWAIT)
                         : ::pread(media.fd.get(), content.data(), content.size(), 0);
    const bool is_whole = got == static_cast<ssize_t>(content.size());
    if (!is_whole && how == reading::from_memory) {
        return std::nullopt;
    }
    // The file was modified after fstat: the content of another version must not be kept under this
    // tag.
    if (!is_whole || !core::is_current(media)) {
        content.clear();
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
    add_tag(version, response); // shows a client that its copy is complete
    response.field("Accept-Ranges", "bytes");
    out.finish_problem();
}

void send_content(const core::download_plan& plan, const cached_file& file, request_ids& ids,
                  reply& out) {
    if (plan.what == outcome::whole) {
        out.begin(200).finish_with(file);
        return;
    }
    const auto slices = plan.slices.view();
    out.record().slice = slices.front();
    out.record().slices = static_cast<unsigned>(slices.size());
    auto& response = out.begin(206);
    if (plan.what == outcome::parts) {
        response.fields(file.text.common());
        response.finish_with(file, slices, ids.boundary());
    } else {
        response.fields(file.text.typed());
        response.finish_with(file, slices.front());
    }
}

} // namespace

std::shared_ptr<cached_file> prepare_file(opened_media opened, std::string_view filename,
                                          std::string_view date, std::chrono::sys_seconds now,
                                          reading how) {
    auto& media = opened.media;
    auto content = read_small(*media, how);
    if (!content) {
        return nullptr;
    }
    auto prepared = std::make_shared<cached_file>();
    prepared->owner = std::move(opened.owner);
    prepared->type = core::media_type_of(filename);
    prepared->text =
        prepared_text(validator_lines(media->version, date, now), disposition_lines(filename),
                      prepared->type, media->facts.size, *content);
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
        response.fields(file.text.validators());
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
