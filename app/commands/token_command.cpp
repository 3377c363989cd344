#include "app/commands/token_command.hpp"

#include "app/commands/media_options.hpp"
#include "app/commands/store_command.hpp"
#include "app/commands/user_ban.hpp"
#include "app/media/media_inquiry.hpp"
#include "app/service/token_policy.hpp"
#include "core/json/json_text.hpp"
#include "core/media/media_id.hpp"
#include "core/text/timestamp.hpp"
#include "core/text/trimmed.hpp"
#include "core/token/ttl.hpp"
#include "crypto/jws.hpp"
#include "http/handlers/download_url.hpp"
#include "store/open_store.hpp"

#include <charconv>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <istream>
#include <optional>
#include <ostream>
#include <string_view>
#include <system_error>
#include <utility>

namespace sluice::app {

namespace {

constexpr std::string_view white_space = " \t\r\n";

std::string_view meaning_of(core::errc code) {
    switch (code) {
    case core::errc::token_malformed:
        return "not a compact JWS, or too long";
    case core::errc::token_signature:
        return "the signature does not match any key in use";
    case core::errc::token_algorithm:
        return "its header is not accepted";
    case core::errc::token_claims:
        return "a claim is missing, of the wrong type, or foreign";
    case core::errc::token_expired:
        return "the token has expired (exp)";
    case core::errc::token_not_yet_valid:
        return "the token is not valid yet (iat or nbf is in the future)";
    case core::errc::token_mismatch:
        return "the token is valid, but for other media";
    default:
        return "the check failed";
    }
}

/// The verdict of `token verify` as one line of JSON.
void print_verdict(const core::result<void>& verdict, bool is_bound, const terminal& streams) {
    streams.out << R"({"accepted": )" << (verdict ? "true" : "false") << R"(, "media_checked": )"
                << (is_bound ? "true" : "false");
    if (!verdict) {
        const auto& why = verdict.error();
        streams.out << R"(, "code": )" << core::json_string(name_of(why.code)) << R"(, "subject": )"
                    << core::json_string(why.subject) << R"(, "meaning": )"
                    << core::json_string(meaning_of(why.code));
    }
    streams.out << "}\n";
}

struct found_owner {
    std::string trainer{}; // empty: nobody, or two trainers, or unknown
    std::string fault{};   // why it is unknown
};

found_owner find_owner(const core::media_id& media, const core::config& settings) {
    try {
        media_inquiry origins(settings);
        auto fault = origins.read_courses();
        if (auto owner = origins.owners().owner_of(media.course_id())) {
            return {.trainer = *std::move(owner)};
        }
        return {.fault = std::move(fault)};
    } catch (const std::exception& fault) {
        return {.fault = fault.what()};
    }
}

/// The trainer who owns the course now, according to the origins. Empty for a lesson, which
/// contains its trainer.
std::string owner_now(const core::media_id& media, const core::config& settings,
                      const terminal& streams) {
    const auto& from = settings.media;
    if (media.kind() == core::media_kind::lesson || (from.root.empty() && from.origins.empty())) {
        return {};
    }
    auto found = find_owner(media, settings);
    if (!found.fault.empty()) {
        streams.err << "sluice: the token gets no owner claim: the course cannot be looked up: "
                    << found.fault << '\n';
    }
    return std::move(found.trainer);
}

/// The exit status when `user` is banned, or when the store cannot be asked; nullopt otherwise, and
/// without a store.
std::optional<int> refuse_banned(std::string_view user, const token_tools& with,
                                 const terminal& streams) {
    const auto& url = with.settings.store.url;
    if (url.empty()) {
        return std::nullopt;
    }
    const auto opened = store::open_store(
        {.url = url, .timeout = std::chrono::milliseconds(with.settings.store.timeout_ms)});
    const auto banned =
        opened ? is_banned(**opened, user, with.now) : core::store_result<bool>(opened.error());
    if (!banned) {
        streams.err << "sluice: cannot check whether the user is banned, so no token is issued (to "
                       "omit this check: --set store.url=)\n";
        return report_fault(banned.error(), streams);
    }
    if (*banned) {
        streams.err << "sluice: this user is banned: sluice revoke list shows it, sluice revoke "
                       "lift user ends it\n";
        return exit_failure;
    }
    return std::nullopt;
}

/// Says which of the wishes were cut to their maximum.
void report_cuts(const core::token_order& order, const core::issued_token& issued,
                 const terminal& streams) {
    if (order.ttl && *order.ttl > issued.expires_in) {
        streams.err << "sluice: the ttl was cut to tokens.max_ttl, " << issued.expires_in.count()
                    << " seconds\n";
    }
    const auto window = issued.resume_expires_in == issued.resume_expires_in.zero()
                            ? issued.resume_expires_in
                            : issued.resume_expires_in - issued.expires_in;
    if (order.resume && *order.resume > window) {
        streams.err << "sluice: the resume window was cut to tokens.max_resume, " << window.count()
                    << " seconds\n";
    }
}

/// The JSON of the HTTP endpoint. `url` may be relative.
void print_answer(const core::issued_token& issued, std::string_view url, std::ostream& out) {
    out << "{\"token\": " << core::json_string(issued.token)
        << ", \"expires_in\": " << issued.expires_in.count()
        << ", \"download_url\": " << core::json_string(url);
    if (const auto window = issued.resume_expires_in.count(); window != 0) {
        out << ", \"resume_expires_in\": " << window;
    }
    out << "}\n";
}

/// Reads the spans of --ttl and --resume. Returns an empty text, or what is wrong with a flag.
std::string read_spans(const command_line& line, core::token_order& order) {
    if (line.has("--ttl")) {
        order.ttl = core::parse_ttl(line.option("--ttl"));
        if (!order.ttl) {
            return "--ttl must be a whole number of seconds, 1 or more";
        }
    }
    if (line.has("--resume")) {
        order.resume = core::parse_resume(line.option("--resume"));
        if (!order.resume) {
            return "--resume must be a whole number of seconds, 0 or more";
        }
    }
    return {};
}

} // namespace

bool is_in_window(const core::claims& expired, std::chrono::sys_seconds now) {
    return expired.resume_until && core::numeric_date(now) < *expired.resume_until;
}

std::string read_token(const terminal& streams) {
    // A little more than the longest token: an oversized token is still detected, without reading
    // it whole.
    std::string token(crypto::max_token_bytes + white_space.size() + 1, '\0');
    streams.in.read(token.data(), static_cast<std::streamsize>(token.size()));
    token.resize(static_cast<std::size_t>(streams.in.gcount()));
    return std::string(core::trimmed(token, white_space));
}

std::string token_operand(const command_line& line, const terminal& streams) {
    const auto& token = line.operands.front();
    return token == "-" ? read_token(streams) : std::string(core::trimmed(token, white_space));
}

int issue_token(const command_line& line, const token_tools& with, const terminal& streams) {
    const auto media = media_from_options(line);
    if (const auto* const objection = std::get_if<std::string>(&media)) {
        return refuse_usage(streams, *objection);
    }
    const auto user = line.option("--user");
    if (!core::is_identifier(user)) {
        return refuse_usage(streams, line.has("--user") ? "--user is not a valid identifier"
                                                        : "--user is needed");
    }
    const auto& wanted = std::get<core::media_id>(media);
    core::token_order order{.media = wanted, .user_id = user, .ttl = {}, .now = with.now};
    if (const auto objection = read_spans(line, order); !objection.empty()) {
        return refuse_usage(streams, objection);
    }
    if (const auto refused = refuse_banned(user, with, streams)) {
        return *refused;
    }
    if (line.has("--owner") && wanted.kind() == core::media_kind::lesson) {
        return refuse_usage(streams, "--owner does not belong to --type lesson");
    }
    if (line.has("--owner") && !core::is_identifier(line.option("--owner"))) {
        return refuse_usage(streams, "--owner is not a valid identifier");
    }
    const auto owner = line.has("--owner") ? std::string(line.option("--owner"))
                                           : owner_now(wanted, with.settings, streams);
    order.owner = owner;
    core::token_press press;
    const auto& issued =
        core::token_service(with.keys, policy_of(with.settings)).issue(order, press);
    report_cuts(order, issued, streams);
    if (!line.has("--json")) {
        streams.out << issued.token << '\n';
        return exit_success;
    }
    auto url = with.settings.public_base_url; // empty: the reference is relative to the service
    http::append_download_path(wanted, url);
    print_answer(issued, url, streams.out);
    return exit_success;
}

int verify_token(const command_line& line, const token_tools& with, const terminal& streams) {
    const core::token_service service(with.keys, policy_of(with.settings));
    const auto token = token_operand(line, streams);
    core::claims claims;
    core::result<void> verdict;
    const bool is_bound = has_media_options(line);
    if (is_bound) {
        const auto media = media_from_options(line);
        if (const auto* const objection = std::get_if<std::string>(&media)) {
            return refuse_usage(streams, *objection);
        }
        verdict = service.authorise(token, std::get<core::media_id>(media), with.now, claims);
    } else {
        verdict = service.verify(token, with.now, claims);
    }
    if (line.has("--json")) {
        print_verdict(verdict, is_bound, streams);
        return verdict ? exit_success : exit_failure;
    }
    if (!verdict) {
        const auto& why = verdict.error();
        streams.out << "refused: " << meaning_of(why.code) << " [" << name_of(why.code)
                    << (why.subject.empty() ? "" : ": ") << why.subject << "]";
        if (why.code == core::errc::token_expired && is_in_window(claims, with.now)) {
            streams.out << "; until " << core::format_timestamp(claims.resume_until->seconds)
                        << " it still continues a download that has begun";
        }
        streams.out << '\n';
        return exit_failure;
    }
    streams.out << "accepted: signature, claims and time are valid"
                << (is_bound ? ", and it is bound to this media\n"
                             : "; its media was not checked (--type ... checks it)\n");
    return exit_success;
}

} // namespace sluice::app
