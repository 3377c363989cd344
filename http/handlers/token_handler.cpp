#include "http/handlers/token_handler.hpp"

#include "http/decimal.hpp"
#include "http/download_url.hpp"
#include "http/handlers/open_file.hpp"

#include <algorithm>
#include <array>

namespace sluice::http {

namespace {

// What a proxy adds: whoever sends one of these does not speak to us directly.
bool is_forwarded(const request_head& head) {
    constexpr std::array<std::string_view, 6> names{"Forwarded",        "X-Forwarded-For",
                                                    "X-Forwarded-Host", "X-Forwarded-Proto",
                                                    "X-Real-IP",        "Via"};
    return std::ranges::any_of(names, [&](auto name) { return head.has_field(name); });
}

} // namespace

core::mint_caller token_handler::describe_caller(const request& in) const {
    const auto origin = in.head.value_of(bhttp::field::origin);
    return {.is_loopback_peer = in.peer->is_loopback,
            .is_forwarded = is_forwarded(in.head),
            .has_loopback_host = is_loopback_host(in.head.host),
            .has_foreign_origin = origin && !with_.cors.names(*origin)};
}

void token_handler::append_url(const request& in, std::string_view path, std::string& out) const {
    const std::string_view host = in.public_host.empty() ? in.head.host : in.public_host;
    if (!public_base_url_.empty()) {
        out += public_base_url_;
    } else if (!host.empty()) { // HTTP/1.0 without Host: a relative reference
        out.append(in.is_secure ? "https://" : "http://").append(host);
    }
    out += path;
}

void token_handler::handle(request& in, reply& out) const {
    if (const auto admitted = with_.gate.admit(describe_caller(in)); !admitted) {
        out.refuse(admitted.error());
        return;
    }
    if (!in.parameters.assign(in.query)) {
        out.refuse(problem_id::query_invalid);
        return;
    }
    out.count().unknown_parameters.add(count_unknown(in.parameters));
    const auto wanted = read_mint_request(in.parameters);
    if (!wanted) {
        out.refuse(wanted.error());
        return;
    }
    auto answer = with_.entitlement.check(wanted->user_id, wanted->media);
    if (answer.ask) {
        ask(std::move(answer.ask), in, out);
    } else if (!answer.verdict) {
        out.refuse(answer.verdict.error());
    } else {
        issue(*wanted, in, out);
    }
}

void token_handler::ask(std::function<core::result<void>()> question, const request& in,
                        reply& out) const {
    const auto began = in.steady_now;
    with_.waiting->answer(out, std::move(question),
                          [this, began](request& again, reply& later, core::result<void> verdict) {
                              const bool failed =
                                  !verdict && verdict.error().code == core::errc::store_unavailable;
                              later.count().add_store_read(again.steady_now - began, failed);
                              if (!verdict) {
                                  later.refuse(verdict.error());
                                  return;
                              }
                              // What was read before the wait has gone; it was good then and is
                              // the same now.
                              issue(*read_mint_request(again.parameters), again, later);
                          });
}

void token_handler::issue(const mint_request& wanted, request& in, reply& out) const {
    auto& path = in.press->url_path;
    path.clear();
    append_download_path(wanted.media, path);
    if (const auto file = open_file(with_.library, wanted.media, path, in, out); !file) {
        out.refuse(file.error()); // no token for nothing
        return;
    }
    const auto& issued = with_.tokens.issue(
        {.media = wanted.media, .user_id = wanted.user_id, .ttl = wanted.ttl, .now = in.now},
        *in.press);
    out.record().jti = issued.jti;
    out.record().user_id = wanted.user_id;
    out.count().tokens_issued.add();

    auto& body = in.scratch;
    body.assign(R"({"token":")").append(issued.token).append(R"(","expires_in":)");
    append_decimal(static_cast<std::uint64_t>(issued.expires_in.count()), body);
    body += R"(,"download_url":")";
    append_url(in, path, body); // an RFC 3986 URL holds nothing that JSON escapes
    body += "\"}\n";
    auto& response = out.begin(200);
    response.field("Cache-Control", "no-store");
    response.field("Referrer-Policy", "no-referrer");
    response.field("Vary", "Origin");
    response.finish_with("application/json", body);
}

} // namespace sluice::http
