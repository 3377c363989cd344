#include "http/handlers/token_handler.hpp"

#include "core/text/ascii_case.hpp"
#include "core/text/decimal.hpp"
#include "http/handlers/download_url.hpp"
#include "http/request/credential.hpp"

#include <algorithm>
#include <array>

namespace sluice::http {

namespace {

// True for a field that proxies and CDNs add: a client that sends one is not directly connected.
bool is_of_a_proxy(std::string_view name) noexcept {
    constexpr std::array<std::string_view, 8> names{
        "Forwarded",        "Via",         "X-Real-IP",           "True-Client-IP",
        "CF-Connecting-IP", "X-Client-IP", "X-Cluster-Client-IP", "Fastly-Client-IP"};
    constexpr std::array<std::string_view, 2> families{"X-Forwarded", "X-Original-"};
    const auto begins = [name](auto family) {
        return core::iequals(name.substr(0, family.size()), family);
    };
    return std::ranges::any_of(names, [name](auto one) { return core::iequals(name, one); }) ||
           std::ranges::any_of(families, begins);
}

// Writes the path of the URL of `media` to the worker's buffer.
std::string_view write_path(const core::media_id& media, const request& in) {
    auto& path = in.press->url_path;
    path.clear();
    append_download_path(media, path);
    return path;
}

bool is_forwarded(const request_head& head) {
    return std::ranges::any_of(head.fields,
                               [](const auto& line) { return is_of_a_proxy(line.name); });
}

} // namespace

core::mint_caller token_handler::describe_caller(const request& in) const {
    const auto origin = in.head.value_of(bhttp::field::origin);
    core::mint_caller caller{.is_loopback_peer = in.peer->is_loopback,
                             .is_forwarded = in.peer->is_loopback && is_forwarded(in.head),
                             .has_loopback_host = is_loopback_host(in.head.host),
                             .has_foreign_origin = origin && !with_.cors.names(*origin),
                             .bearer = read_bearer(in.head.value_of(bhttp::field::authorization)),
                             .now = in.wall,
                             .steady_now = in.steady_now,
                             .is_slowed = with_.bad.are_too_many(in)};
    for (const auto& line : in.head.fields) {
        if (core::iequals(line.name, "X-Api-Key")) {
            // Two such fields count as no key.
            caller.api_key = caller.api_key ? std::string_view{} : line.value;
        }
    }
    return caller;
}

void token_handler::append_url(const request& in, std::string_view path, std::string& out) const {
    const std::string_view host = in.public_host.empty() ? in.head.host : in.public_host;
    if (!public_base_url_.empty()) {
        out += public_base_url_;
    } else if (!host.empty()) { // without Host (HTTP/1.0) the URL is relative
        out.append(in.is_secure ? "https://" : "http://").append(host);
    }
    out += path;
}

void token_handler::handle(request& in, reply& out) const {
    auto by = with_.gate.admit(describe_caller(in));
    if (!by) {
        refuse(with_.bad.judge(by.error(), in, out), nullptr, nullptr, in, out);
        return;
    }
    out.count().tokens_ahead.add(by->user.is_ahead ? 1 : 0);
    if (!in.parameters.assign(in.query)) {
        refuse({core::errc::query_invalid}, &*by, nullptr, in, out);
        return;
    }
    out.count().unknown_parameters.add(count_unknown(in.parameters));
    const auto wanted = read_mint_request(in.parameters);
    if (!wanted) {
        refuse(wanted.error(), &*by, nullptr, in, out);
        return;
    }
    std::string room;
    const order what{*by, *wanted, with_.owners.trainer_of(wanted->media, room)};
    auto answer = judge(what, in.now);
    if (answer.ask) {
        ask(std::move(answer.ask), what, in, out);
    } else if (!answer.verdict) {
        refuse(answer.verdict.error(), &*by, &*wanted, in, out);
    } else {
        issue(what, *answer.verdict, in, out);
    }
}

core::entitlement_answer token_handler::judge(const order& what,
                                              std::chrono::sys_seconds now) const {
    const auto& media = what.wanted.media;
    // When the trainer is unknown, a key that is limited to certain trainers may not issue.
    if (const auto permitted =
            core::issuer_gate::permit(what.by, what.wanted.user_id, media.kind(), what.trainer);
        !permitted) {
        return {permitted.error()};
    }
    if (const auto admitted = with_.entitlement.admit(what.wanted.user_id, now); !admitted) {
        return {admitted.error()};
    }
    if (!what.by.needs_entitlement()) {
        return {core::permission{}};
    }
    return with_.entitlement.check(what.wanted.user_id, media);
}

void token_handler::ask(std::function<core::result<core::permission>(std::string_view)> question,
                        const order& what, const request& in, reply& out) const {
    const auto began = in.steady_now;
    // Only a trace that is recorded is worth a further statement.
    const auto& parent = out.record().note.parent();
    std::string trace_id(parent && parent->is_recorded() ? parent->trace_id() : std::string_view{});
    with_.waiting->answer(
        out,
        [question = std::move(question), trace_id = std::move(trace_id)] {
            return question(trace_id);
        },
        [this, began, by = what.by, trainer = std::string(what.trainer)](
            request& again, reply& later, core::result<core::permission> verdict) {
            const bool failed = !verdict && verdict.error().code == core::errc::store_unavailable;
            later.count().add_store_read(again.steady_now - began, failed);
            // The parameters read before the wait are gone. They were valid and have not changed.
            const auto wanted = read_mint_request(again.parameters);
            if (const auto admitted = with_.entitlement.admit(wanted->user_id, again.now);
                verdict && !admitted) {
                verdict = admitted.error();
            }
            if (verdict) {
                issue({by, *wanted, trainer}, *verdict, again, later);
            } else {
                refuse(verdict.error(), &by, &*wanted, again, later);
            }
        });
}

void token_handler::refuse(core::failure why, const core::grantor* by, const mint_request* wanted,
                           const request& in, reply& out) const {
    audit({.wanted = wanted, .cause = core::name_of(why.code), .check = why.subject}, by, in, out);
    out.refuse(why);
}

void token_handler::audit(audit_entry entry, const core::grantor* by, const request& in,
                          reply& out) const {
    if (with_.audit == nullptr) {
        return;
    }
    const auto name = by != nullptr ? by->name() : std::string{};
    entry.time = with_.clock.wall();
    entry.request_id = out.frame().request_id;
    entry.peer = in.peer->address;
    entry.note = &out.record().note;
    entry.by = name;
    std::string line;
    append_audit_line(entry, line);
    if (!with_.audit->write(line)) {
        out.count().log_lines_dropped.add();
    }
}

void token_handler::issue(const order& what, const core::permission& allowed, request& in,
                          reply& out) const {
    const auto& wanted = what.wanted;
    const file_order wants{
        .media = wanted.media, .owner = owner_of(what), .url_path = write_path(wanted.media, in)};
    auto found = find_file(with_.media, wants, in, out);
    if (const auto* const file = std::get_if<file_result>(&found)) {
        issue(what, allowed, *file, in, out);
        return;
    }
    fetch_file(with_.media, std::get<file_search>(std::move(found)), in, out,
               [this, by = what.by, trainer = std::string(what.trainer),
                allowed](request& again, reply& later, const file_result& file) {
                   // Views of what was read before the wait have gone; it is the same now.
                   const auto same = read_mint_request(again.parameters);
                   if (const auto admitted = with_.entitlement.admit(same->user_id, again.now);
                       !admitted) {
                       refuse(admitted.error(), &by, &*same, again, later);
                   } else {
                       write_path(same->media, again); // others have used the buffer since
                       issue({by, *same, trainer}, allowed, file, again, later);
                   }
               });
}

// The trainer that must own the file; empty for a lesson, because its path contains the trainer.
std::string_view token_handler::owner_of(const order& what) {
    return what.wanted.media.kind() == core::media_kind::lesson ? std::string_view{} : what.trainer;
}

void token_handler::issue(const order& what, const core::permission& allowed,
                          const file_result& file, request& in, reply& out) const {
    const auto& wanted = what.wanted;
    if (allowed.until && *allowed.until <= in.now.time_since_epoch().count()) {
        refuse({core::errc::not_entitled}, &what.by, &wanted, in, out);
        return;
    }
    if (!file) { // no token without a file
        const bool has_moved = file.error().code == core::errc::token_mismatch;
        // The course has a new owner since the entitlement was checked.
        refuse(has_moved ? core::failure{core::errc::not_entitled} : file.error(), &what.by,
               &wanted, in, out);
        return;
    }
    const auto& policy = with_.tokens.policy();
    const auto& issued =
        with_.tokens.issue({.media = wanted.media,
                            .user_id = wanted.user_id,
                            .ttl = what.by.limit_ttl(wanted.ttl, policy.default_ttl),
                            .now = in.now,
                            .owner = owner_of(what),
                            .until = allowed.until,
                            .resume = what.by.limit_resume(wanted.resume, policy.default_resume)},
                           *in.press);
    out.record().jti = issued.jti;
    out.record().user_id = wanted.user_id;
    out.count().tokens_issued.add();
    audit({.wanted = &wanted,
           .jti = issued.jti,
           .ttl = issued.expires_in,
           .resume_expires_in = issued.resume_expires_in},
          &what.by, in, out);
    answer(issued, in.press->url_path, in, out);
}

void token_handler::answer(const core::issued_token& issued, std::string_view path, request& in,
                           reply& out) const {
    auto& body = in.scratch;
    body.assign(R"({"token":")").append(issued.token).append(R"(","expires_in":)");
    core::append_decimal(static_cast<std::uint64_t>(issued.expires_in.count()), body);
    body += R"(,"download_url":")";
    append_url(in, path, body); // an RFC 3986 URL needs no JSON escaping
    body += '"';
    if (const auto window = issued.resume_expires_in.count(); window != 0) {
        body += R"(,"resume_expires_in":)";
        core::append_decimal(static_cast<std::uint64_t>(window), body);
    }
    body += "}\n";
    auto& response = out.begin(200);
    response.field("Cache-Control", "no-store");
    response.field("Referrer-Policy", "no-referrer");
    response.field("Vary", "Origin");
    response.finish_with("application/json", body);
}

} // namespace sluice::http
