#include "app/commands/file_why.hpp"

#include "app/log/service_log.hpp"
#include "app/objects/object_inquiry.hpp"
#include "app/service/media_set.hpp"
#include "core/base/clock.hpp"
#include "core/media/media_library.hpp"
#include "core/media/name_twin.hpp"
#include "core/text/canonical_form.hpp"
#include "core/text/percent.hpp"

#include <unistd.h>

#include <array>

namespace sluice::app {

namespace {

/// What differs between a directory and a store in the explanation of a 404.
struct place {
    std::string where;     // of the file that was looked for; empty: its course was not found
    std::string rule;      // which files are found
    std::string twin{};    // its name in another form, which exists
    std::string trouble{}; // what to do when the file cannot be opened
};

std::string explain_miss(const place& at) {
    auto text = "404: the token is valid for this URL, but the file does not exist" +
                (at.where.empty() ? std::string(": no trainer has the course") : at.where) + ". " +
                at.rule;
    if (!at.twin.empty()) {
        text += " A file with the same name in another Unicode normalisation exists: " +
                core::percent_encoded_path(at.twin) +
                ". Names are compared byte by byte: rename it to NFC, or request these bytes.";
    }
    return text;
}

std::string unavailable(const std::string& trouble) {
    return "503: the token is valid for this URL, but " + trouble + ".";
}

std::string explain(core::errc why, const core::media_id& wanted, std::string_view owner,
                    const place& at) {
    switch (why) {
    case core::errc::token_mismatch:
        return "403: the token is valid, but for the course " + std::string(wanted.course_id()) +
               " of trainer " + std::string(owner) +
               ", and another trainer has a course of this id now. A new token would be accepted.";
    case core::errc::course_ambiguous:
        return "409: the token is valid for this URL, but two trainers have a course of this id. "
               "Rename one of them.";
    case core::errc::media_not_found:
        return explain_miss(at);
    default:
        return unavailable(at.trouble);
    }
}

file_verdict judge_in_directory(const core::media_id& wanted, std::string_view owner,
                                const core::config& settings) {
    const core::system_clock time;
    service_log quiet(time, core::log_level::error, STDERR_FILENO);
    const media_set media(settings, quiet);
    std::string path;
    const auto found = media.library().open(wanted, owner, path);
    if (found) {
        return {.finding = ", and the file exists"};
    }
    place at{.where =
                 path.empty() ? "" : " or is not a regular file at " + path + " below media.root",
             .rule = "Names must be exact; symbolic links are not followed.",
             .trouble = "the file cannot be opened now. Check the mount, its permissions and "
                        "ulimit -n"};
    if (found.error().code == core::errc::media_not_found) {
        at.twin = path.empty() ? media.courses().twin_of(wanted.course_id())
                               : core::find_name_twin(media.courses().root(), path).value_or("");
    }
    return {.refusal = explain(found.error().code, wanted, owner, at)};
}

/// The name of an object that differs from `path` only by Unicode normalisation; else empty.
std::string twin_in(object_inquiry& store, const std::string& path) {
    for (auto& other : std::array{core::composed(path), core::decomposed(path)}) {
        if (other != path && store.find(other).is_there) {
            return other;
        }
    }
    return {};
}

file_verdict judge_in_store(const core::media_id& wanted, std::string_view owner,
                            const core::config& settings) {
    object_inquiry store(settings);
    if (!store.objection().empty()) {
        return {.refusal = unavailable("the store cannot be asked: " + store.objection())};
    }
    const auto layout = layout_of(settings.media);
    core::catalogue courses;
    if (wanted.kind() != core::media_kind::lesson) {
        if (const auto fault = store.list(layout.course_directory(), courses); !fault.empty()) {
            return {.refusal = unavailable(fault)};
        }
    }
    const auto& from = settings.media.origins.front();
    place at{.where = "", .rule = "Names must be exact."};
    std::string path;
    const auto trainer = core::media_library(layout, courses).locate(wanted, owner, path);
    if (!trainer) {
        if (trainer.error().code == core::errc::media_not_found) {
            at.twin = courses.twin_of(wanted.course_id());
        }
        return {.refusal = explain(trainer.error().code, wanted, owner, at)};
    }
    const auto found = store.find(path);
    if (!found.fault.empty()) {
        return {.refusal = unavailable(found.fault)};
    }
    if (!found.is_there) {
        at.where = ": the bucket " + from.bucket + " has no object " + from.prefix + path;
        at.twin = twin_in(store, path);
        return {.refusal = explain_miss(at)};
    }
    const auto remark = store.remark();
    return {.finding = ", and the object exists",
            .remark = remark.empty() ? "" : "But " + remark + "."};
}

} // namespace

file_verdict judge_file(const core::media_id& wanted, std::string_view owner,
                        const core::config& settings) {
    if (!settings.media.origins.empty()) {
        return judge_in_store(wanted, owner, settings);
    }
    if (!settings.media.root.empty()) {
        return judge_in_directory(wanted, owner, settings);
    }
    return {.remark = "The file was not checked: neither media.root nor media.origins is set."};
}

} // namespace sluice::app
