#include "app/commands/token_why.hpp"

#include "app/commands/file_why.hpp"
#include "app/commands/user_ban.hpp"
#include "app/service/token_policy.hpp"
#include "core/json/json_text.hpp"
#include "core/text/timestamp.hpp"
#include "http/handlers/download_url.hpp"
#include "http/request/target.hpp"
#include "store/open_store.hpp"

#include <algorithm>
#include <optional>
#include <ostream>
#include <string>
#include <string_view>

namespace sluice::app {

namespace {

/// The media that the path of a download URL names.
std::optional<core::media_id> media_of(const http::path_segments& path) {
    const auto at = path.view();
    const auto kind = http::download_kind_at(at);
    const auto media =
        kind ? http::media_at(*kind, at) : core::failure{core::errc::media_not_found};
    return media ? std::optional(*media) : std::nullopt;
}

std::string described(const core::media_id& media) {
    std::string text(core::name_of(media.kind()));
    for (const auto part : {media.trainer_id(), media.course_id(), media.module_id(),
                            media.lesson_id(), media.filename()}) {
        if (!part.empty()) {
            text.append(text.find(' ') == std::string::npos ? " " : "/").append(part);
        }
    }
    return text;
}

std::string times_of(const core::claims& read, std::chrono::sys_seconds now) {
    const auto issued = read.iat ? core::format_timestamp(read.iat->seconds) : "an unknown time";
    return "It was issued at " + issued + " and is valid until " +
           core::format_timestamp(read.exp.seconds) + "; it is " +
           core::format_timestamp(now.time_since_epoch().count()) + " now. ";
}

std::string explain_token(core::failure why, const core::claims& read, const token_tools& with) {
    const std::string claim(why.subject);
    switch (why.code) {
    case core::errc::token_malformed:
        return "401: the token is not a compact JWS, which is three parts of base64url without "
               "padding, at most 4096 bytes. It may have been truncated or wrapped when it was "
               "copied: pass the complete token.";
    case core::errc::token_signature:
        return "401: no key of this configuration signed the token, or the key that signed it has "
               "expired. A token signed with one of the keys in tokens.key_file or SLUICE_SECRET "
               "would be accepted: compare the kid that sluice token inspect shows with those of "
               "the key file.";
    case core::errc::token_algorithm:
        return "401: a key of this configuration signed the token, but its header is rejected (" +
               claim +
               "). Accepted are alg HS256, typ JWT or no typ, and the kid of the signing key or no "
               "kid.";
    case core::errc::token_claims:
        return "401: the claim " + claim +
               " is missing, of the wrong type, or not the one that this configuration requires "
               "(tokens.issuer, tokens.audience). sluice token inspect shows its value.";
    case core::errc::token_expired:
        return "401: the token has expired. " + times_of(read, with.now) +
               "A new token would be accepted; the download can be resumed with it.";
    case core::errc::token_not_yet_valid:
        return "401: the token is not valid yet (" + claim + "). " + times_of(read, with.now) +
               "The clocks of this machine and of the issuer differ: synchronise them, or allow up "
               "to 60 s with tokens.leeway.";
    default:
        return "The check failed: " + std::string(core::name_of(why.code)) + ".";
    }
}

std::string explain_binding(const core::media_id& wanted, const core::claims& read) {
    const auto bound = read.media();
    return "403: the token is valid, but for another file. It is for " +
           (bound ? described(*bound) : std::string("no possible file")) + "; the URL is that of " +
           described(wanted) +
           ". A token with the type, ids and file name of the URL would be accepted: they are "
           "compared byte by byte, including case and accents.";
}

/// The requests that a token in its resume window is still valid for.
std::string explain_window(const core::claims& read, const token_tools& with) {
    return "401: the token has expired. " + times_of(read, with.now) + "Until " +
           core::format_timestamp(read.resume_until->seconds) +
           " (resume_until) it still continues a download that has begun: a request with the one "
           "range bytes=N- or bytes=N-M, N above 0, would be accepted. A download from the first "
           "byte needs a new token.";
}

/// Empty when no revocation of the store covers the token.
std::string explain_revocation(const core::claims& read, const token_tools& with) {
    if (with.settings.store.url.empty()) {
        return {};
    }
    const auto opened =
        store::open_store({.url = with.settings.store.url,
                           .timeout = std::chrono::milliseconds(with.settings.store.timeout_ms)});
    const auto found =
        opened ? find_revocation(**opened, read, with.now)
               : core::store_result<std::optional<core::placed_revocation>>(opened.error());
    if (!found) {
        return "503: the token is valid for this URL, but the store cannot be asked for "
               "revocations "
               "(" +
               found.error().cause +
               "). A running service uses those that it has read; one that starts now answers 503.";
    }
    if (!*found) {
        return {};
    }
    const auto& [position, one, created] = **found;
    return "401: the token was revoked on " + core::format_timestamp(created) + " (" +
           std::string(name_of(one.kind)) + " " + one.subject +
           (one.reason.empty() ? "" : ": " + one.reason) + "). sluice revoke lift " +
           std::string(name_of(one.kind)) + " " + one.subject + " ends the revocation.";
}

/// Prints the answer, which begins with the status of the response: 200 means yes.
int answer(const command_line& line, std::string_view text, const terminal& streams) {
    const auto status = text.substr(0, 3);
    if (line.has("--json")) {
        streams.out << R"({"ok": )" << (status == "200" ? "true" : "false") << R"(, "status": )"
                    << status << R"(, "explanation": )" << core::json_string(text) << "}\n";
    } else {
        streams.out << text << '\n';
    }
    return status == "200" ? exit_success : exit_failure;
}

} // namespace

int explain_refusal(const command_line& line, const token_tools& with, const terminal& streams) {
    std::string token(line.option("--token"));
    const std::string url(line.option("--url"));
    if (token.empty() || url.empty()) {
        return refuse_usage(streams, "--url and --token are needed");
    }
    if (token == "-") {
        token = read_token(streams);
    }
    // Drops a path prefix, as a proxy in front of the service would.
    const auto route = std::min(url.find("/download2/"), url.size());
    const auto end = std::min(url.find_first_of("?#", route), url.size());
    http::path_segments path;
    const bool is_path = path.parse(std::string_view(url).substr(route, end - route));
    const auto wanted = is_path ? media_of(path) : std::nullopt;
    if (!wanted) {
        return answer(
            line,
            "404 or 400: this is not the URL of a download. Its path must be "
            "/download2/<trainer>/<course>/<module>/<lesson>/<file>, "
            "/download2/course/<course>/<file> or /download2/module/<course>/<module>/<file>.",
            streams);
    }
    const core::token_service service(with.keys, policy_of(with.settings));
    core::claims claims;
    auto verdict = service.authorise(token, *wanted, with.now, claims);
    if (!verdict && verdict.error().code == core::errc::token_expired) {
        verdict = service.authorise_resume(*wanted, with.now, claims);
    }
    file_verdict file;
    if (verdict) {
        file = judge_file(*wanted, claims.owner, with.settings);
    }
    auto why = verdict ? file.refusal
               : verdict.error().code == core::errc::token_mismatch
                   ? explain_binding(*wanted, claims)
                   : explain_token(verdict.error(), claims, with);
    if (why.empty()) {
        why = explain_revocation(claims, with);
    }
    if (why.empty() && claims.is_in_window) {
        why = explain_window(claims, with);
    }
    if (!why.empty()) {
        return answer(line, why, streams);
    }
    auto good = "200: signature, claims, time and binding are valid" + file.finding;
    good += with.settings.store.url.empty() ? "." : ", and no revocation covers it.";
    good += file.remark.empty() ? "" : " " + file.remark;
    return answer(line, good, streams);
}

} // namespace sluice::app
