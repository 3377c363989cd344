#include "app/commands/store_command.hpp"
#include "app/service/token_policy.hpp"
#include "core/json/json_text.hpp"
#include "core/media/media_id.hpp"
#include "core/text/timestamp.hpp"
#include "core/text/utf8.hpp"
#include "core/token/token_service.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <algorithm>
#include <optional>
#include <ostream>

namespace sluice::app {

namespace json = boost::json;

namespace {

constexpr std::size_t page = 1000;

// A jti must be hard to guess and never used twice (RFC 7519 §4.1.7). Sluice's has 128 random bits
// in 22 characters; other issuers write UUIDs and the like.
constexpr std::size_t shortest_jti = 16;

std::string objection_to(const core::revocation& one) {
    using enum core::revocation_kind;
    const auto& subject = one.subject;
    if (one.reason.size() > core::max_revocation_text ||
        core::has_forbidden_code_point(one.reason)) {
        return "--reason must be at most 256 bytes of text";
    }
    switch (one.kind) {
    case user:
        return core::is_identifier(subject) ? "" : "that is not a valid user id";
    case key:
        return core::is_key_id(subject) ? "" : "that is not a valid key id";
    case token:
        break;
    }
    // A text with two dots is a token, pasted by mistake; it must not be stored.
    if (subject.size() < shortest_jti) {
        return "too short for a jti: those of Sluice have 22 characters; sluice token inspect - "
               "shows "
               "the jti of a token";
    }
    return subject.empty() || subject.size() > core::max_revocation_text ||
                   core::has_forbidden_code_point(subject) || std::ranges::count(subject, '.') == 2
               ? "not a jti; sluice token inspect - shows the jti of a token"
               : "";
}

int put(const core::revocation& one, const store_tools& with, const terminal& streams) {
    if (const auto objection = objection_to(one); !objection.empty()) {
        return refuse_usage(streams, objection);
    }
    const auto is_new = with.store.put_revocation(one);
    if (!is_new) {
        return report_fault(is_new.error(), streams);
    }
    streams.out << (*is_new ? "revoked" : "already revoked") << ", "
                << (one.expires_at ? "until " + core::format_timestamp(*one.expires_at) +
                                         ", when the last such token has expired"
                                   : "until it is lifted")
                << '\n';
    return exit_success;
}

/// The time by which every token issued before `time` has expired, and its resume window has ended.
std::int64_t end_of_tokens(std::int64_t time, const core::config& settings) {
    return time + longest_use(settings).count();
}

int revoke(const command_line& line, core::revocation_kind kind, const store_tools& with,
           const terminal& streams) {
    const auto now = with.now.time_since_epoch().count();
    core::revocation one{.kind = kind,
                         .subject = line.operands.front(),
                         .reason = std::string(line.option("--reason"))};
    if (kind == core::revocation_kind::token) {
        one.expires_at = end_of_tokens(now, with.settings);
    }
    if (line.has("--before")) {
        const auto text = line.option("--before");
        // Issue times are whole seconds: a token issued within this second may be older than the
        // command.
        one.issued_before = text == "now" ? now + 1 : core::parse_timestamp(text);
        if (!one.issued_before) {
            return refuse_usage(streams, "--before takes now, 2026-01-31T12:00:00Z, 2026-01-31 or "
                                         "seconds since 1970");
        }
        one.expires_at = end_of_tokens(std::max(now, *one.issued_before), with.settings);
    }
    return put(one, with, streams);
}

std::string line_of(const core::placed_revocation& one) {
    const auto& what = one.what;
    std::string text(name_of(what.kind));
    text += " " + what.subject + "  revoked " + core::format_timestamp(one.created_at);
    text +=
        what.issued_before ? ", issued before " + core::format_timestamp(*what.issued_before) : "";
    text += what.expires_at ? ", until " + core::format_timestamp(*what.expires_at) : "";
    return text + (what.reason.empty() ? "" : "  (" + what.reason + ")");
}

json::value text_of(const std::optional<std::int64_t>& time) {
    return time ? json::value(core::format_timestamp(*time)) : json::value();
}

json::object to_json(const core::placed_revocation& one) {
    const auto& what = one.what;
    return {{"kind", name_of(what.kind)},
            {"subject", what.subject},
            {"created_at", core::format_timestamp(one.created_at)},
            {"issued_before", text_of(what.issued_before)},
            {"expires_at", text_of(what.expires_at)},
            {"reason", what.reason}};
}

/// Passes all revocations to `visit`, in order.
template <class Visit>
int visit_all(const store_tools& with, const terminal& streams, Visit visit) {
    std::uint64_t position = 0;
    for (;;) {
        const auto read = with.store.revocations_after(position, page);
        if (!read) {
            return report_fault(read.error(), streams);
        }
        for (const auto& each : *read) {
            visit(each);
            position = each.position;
        }
        if (read->size() < page) {
            return exit_success;
        }
    }
}

int list(const command_line& line, const store_tools& with, const terminal& streams) {
    if (!line.has("--json")) {
        return visit_all(with, streams,
                         [&](const auto& one) { streams.out << line_of(one) << '\n'; });
    }
    json::array all;
    const int status =
        visit_all(with, streams, [&](const auto& one) { all.push_back(to_json(one)); });
    if (status == exit_success) {
        streams.out << core::pretty_json(all) << '\n';
    }
    return status;
}

int lift(const command_line& line, const store_tools& with, const terminal& streams) {
    const auto kind = core::parse_revocation_kind(line.operands.front());
    if (!kind) {
        return refuse_usage(streams, "name the kind of the revocation: token, user or key");
    }
    const auto lifted = with.store.lift(*kind, line.operands.back());
    if (!lifted) {
        return report_fault(lifted.error(), streams);
    }
    streams.out << (*lifted ? "lifted\n" : "no such revocation\n");
    return *lifted ? exit_success : exit_failure;
}

} // namespace

int run_revoke_command(const command_line& line, const store_tools& with, const terminal& streams) {
    using enum core::revocation_kind;
    switch (line.what) {
    case command::revoke_token:
        return revoke(line, token, with, streams);
    case command::revoke_user:
        return revoke(line, user, with, streams);
    case command::revoke_key:
        return revoke(line, key, with, streams);
    case command::revoke_list:
        return list(line, with, streams);
    default:
        return lift(line, with, streams);
    }
}

} // namespace sluice::app
