#include "app/commands/file_why.hpp"

#include "app/media/media_inquiry.hpp"
#include "core/text/percent.hpp"

#include <algorithm>

namespace sluice::app {

namespace {

/// Where a file was looked for.
struct looked_at {
    std::string places{}; // the rest of a sentence; empty: no trainer has the course
    std::string rules{};  // which files are found
    std::string twin{};   // its name in another form, which exists
};

std::string explain_miss(const looked_at& what) {
    auto text = "404: the token is valid for this URL, but the file does not exist" +
                (what.places.empty() ? std::string(": no trainer has the course") : what.places) +
                ". " + what.rules;
    if (!what.twin.empty()) {
        text += " A file with the same name in another Unicode normalisation exists: " +
                core::percent_encoded_path(what.twin) +
                ". Names are compared byte by byte: rename it to NFC, or request these bytes.";
    }
    return text;
}

std::string unavailable(const std::string& trouble) {
    return "503: the token is valid for this URL, but " + trouble + ".";
}

std::string rules_of(const media_inquiry& media) {
    const bool has_directory =
        std::ranges::any_of(media.origins(), [](const auto& one) { return one.store != nullptr; });
    return has_directory ? "Names must be exact; symbolic links are not followed."
                         : "Names must be exact.";
}

/// Why there is no place to look at. `trouble` is why courses are not known.
std::string explain(core::errc why, const core::media_id& wanted, std::string_view owner,
                    const media_inquiry& media, const std::string& trouble) {
    switch (why) {
    case core::errc::token_mismatch:
        return "403: the token is valid, but for the course " + std::string(wanted.course_id()) +
               " of trainer " + std::string(owner) +
               ", and another trainer has a course of this id now. A new token would be accepted.";
    case core::errc::course_ambiguous:
        return "409: the token is valid for this URL, but two trainers have a course of this id. "
               "Rename one of them.";
    case core::errc::media_not_found:
        return explain_miss({.places = wanted.kind() == core::media_kind::lesson
                                           ? ": no origin is for its trainer, or its path is "
                                             "reserved for another layout"
                                           : "",
                             .rules = rules_of(media),
                             .twin = media.owners().twin_of(wanted.course_id())});
    default:
        return unavailable(trouble);
    }
}

/// What the origin of `at` does not have.
std::string missing_in(const media_inquiry& media, const core::media_library::candidate& at) {
    const auto& origin = media.origin_of(at);
    if (origin.store != nullptr) {
        return (media.has_several() ? "no regular file at " : " or is not a regular file at ") +
               at.path + " below " + origin.place + ".root";
    }
    return (media.has_several() ? "the bucket " : ": the bucket ") + origin.settings.bucket +
           " has no object " + origin.settings.prefix + at.path;
}

/// The origins that are for other trainers, as the rest of a sentence.
std::string others_of(const media_inquiry& media, std::string_view trainer_id) {
    std::string text;
    for (const auto& one : media.origins()) {
        if (!trainer_id.empty() && !one.trainers.admits(trainer_id)) {
            text += "; the origin " + one.settings.name + ": is for other trainers";
        }
    }
    return text;
}

/// Asks the candidates in their order, as a service does.
file_verdict search(media_inquiry& media, const core::media_library::located& where,
                    std::string_view trainer_id) {
    looked_at what{.rules = rules_of(media)};
    for (const auto& at : where.at) {
        const auto& origin = media.origin_of(at);
        const auto name =
            media.has_several() ? "the origin " + origin.settings.name : std::string();
        auto found = media.find(at);
        if (!found.fault.empty()) {
            return {.refusal = unavailable(
                        name.empty()
                            ? found.fault
                            : name + " cannot tell whether it has the file: " + found.fault)};
        }
        if (found.is_there) {
            const auto remark = media.remark_on(at);
            return {.finding = std::string(origin.store == nullptr ? ", and the object exists"
                                                                   : ", and the file exists") +
                               (name.empty() ? "" : " in " + name),
                    .remark = remark.empty() ? "" : "But " + remark + "."};
        }
        what.places += name.empty() ? "" : (what.places.empty() ? ": " : "; ") + name + ": ";
        what.places += missing_in(media, at);
        if (what.twin.empty()) {
            what.twin = media.find_twin(at);
        }
    }
    what.places += others_of(media, trainer_id);
    return {.refusal = explain_miss(what)};
}

} // namespace

file_verdict judge_file(const core::media_id& wanted, std::string_view owner,
                        const core::config& settings) {
    if (settings.media.root.empty() && settings.media.origins.empty()) {
        return {.remark = "The file was not checked: neither media.root nor media.origins is set."};
    }
    media_inquiry media(settings);
    const bool is_lesson = wanted.kind() == core::media_kind::lesson;
    const auto trouble = is_lesson ? std::string() : media.read_courses();
    const auto where = media.library().locate(wanted, owner);
    if (!where) {
        return {.refusal = explain(where.error().code, wanted, owner, media, trouble)};
    }
    auto verdict = search(media, *where,
                          is_lesson ? wanted.trainer_id() : std::string_view(where->trainer_id));
    const core::errc after = where->if_missing.code; // an origin that cannot be looked into
    if (verdict.refusal.starts_with("404") && after != core::errc::media_not_found) {
        verdict.refusal = explain(after, wanted, owner, media, trouble);
    }
    return verdict;
}

} // namespace sluice::app
