#include "app/jwks/jwks_fetch.hpp"

#include "app/log/joined.hpp"
#include "core/issuer/session_keys.hpp"
#include "core/text/ascii_case.hpp"
#include "http/client/cache_life.hpp"
#include "http/client/waiting_client.hpp"
#include "tls/client_channels.hpp"

#include <algorithm>
#include <array>
#include <memory>
#include <ranges>
#include <utility>

namespace sluice::app {

namespace {

using namespace std::chrono_literals;
using http::call_fault;
using http::call_result;

constexpr auto longest_fetch = 30s;
constexpr unsigned ok = 200;
constexpr unsigned not_modified = 304;
constexpr unsigned first_redirect = 300;
constexpr unsigned first_client_error = 400;
constexpr std::size_t max_etag_bytes = 256;

constexpr std::array<std::string_view, jwks_outcome_count> names{
    "fetched", "unchanged", "name",      "connect", "tls",     "timeout",
    "closed",  "malformed", "too_large", "status",  "unusable"};

jwks_answer failed(jwks_outcome what, std::string cause) {
    return {.what = what, .cause = std::move(cause)};
}

jwks_answer failed(call_fault why) {
    const auto from = static_cast<unsigned>(jwks_outcome::name); // in the order of call_fault::kind
    static_assert(static_cast<unsigned>(jwks_outcome::too_large) -
                      static_cast<unsigned>(jwks_outcome::name) ==
                  static_cast<unsigned>(call_fault::kind::too_large));
    return failed(static_cast<jwks_outcome>(from + static_cast<unsigned>(why.what)),
                  std::move(why.cause));
}

std::string objection_to(unsigned status) {
    std::string text = "the server answered " + std::to_string(status);
    if (status >= first_redirect && status < first_client_error && status != not_modified) {
        text += ": redirects are not followed; set issuer.jwt.jwks_url to where it leads";
    }
    return text;
}

/// A tag that may be sent back (RFC 9110 §8.8.3); empty when it is not one.
std::string usable_etag(std::string_view text) {
    const bool is_safe = text.size() <= max_etag_bytes &&
                         (text.starts_with('"') || text.starts_with("W/\"")) &&
                         text.ends_with('"') &&
                         std::ranges::all_of(text, [](char c) { return c > ' ' && c < '\x7F'; });
    return is_safe ? std::string(text) : std::string();
}

jwks_answer read_set(const http::call& from, std::string text, const std::string& place) {
    jwks_answer answer{.what = jwks_outcome::fetched};
    std::vector<core::operator_problem> problems;
    answer.keys = core::parse_fetched_keys(text, place, problems, &answer.skipped).size();
    if (!problems.empty()) {
        return failed(
            jwks_outcome::unusable,
            joined(problems | std::views::transform(&core::operator_problem::what), "; "));
    }
    answer.etag = usable_etag(from.field("ETag"));
    answer.text = std::move(text);
    return answer;
}

http::outgoing request_for(const core::http_url& url, const std::string& etag) {
    http::outgoing what{.to = url,
                        .fields = {{"User-Agent", "sluice"},
                                   {"Accept", "application/jwk-set+json, application/json"},
                                   {"Accept-Encoding", "identity"}}};
    if (!etag.empty()) {
        what.fields.emplace_back("If-None-Match", etag);
    }
    return what;
}

} // namespace

std::string_view name_of(jwks_outcome what) noexcept {
    return names[static_cast<std::size_t>(what)];
}

std::string shown(const core::http_url& url) {
    return url.base() + url.target.substr(0, url.target.find('?'));
}

jwks_fetch::jwks_fetch(http::client& by, const core::http_url& url, std::string etag, handler then)
    : place_(shown(url)), etag_(std::move(etag)),
      call_(by, request_for(url, etag_),
            {.bytes = core::max_session_file_bytes, .time = longest_fetch},
            [this, then = std::move(then)](call_result<std::string> content) {
                then(judge(std::move(content)));
            }) {}

jwks_answer jwks_fetch::judge(call_result<std::string> content) const {
    if (!content) {
        return failed(std::move(content.error()));
    }
    const auto& from = call_.head();
    const auto status = from.status();
    if (status != ok && (status != not_modified || etag_.empty())) {
        return failed(jwks_outcome::status, objection_to(status));
    }
    const auto coding = from.field("Content-Encoding");
    if (!coding.empty() && !core::iequals(coding, "identity")) {
        return failed(jwks_outcome::malformed,
                      "the response is compressed, although the request does not allow that");
    }
    auto answer = status == not_modified ? jwks_answer{.what = jwks_outcome::unchanged}
                                         : read_set(from, std::move(*content), place_);
    answer.life = http::cache_life(from.field("Cache-Control"), from.field("Age"));
    return answer;
}

jwks_answer fetch_jwks_now(const core::config& settings) {
    std::string fault;
    const auto url = core::parse_http_url(settings.issuer.jwt_jwks_url, fault);
    http::waiting_client client(
        std::make_shared<tls::client_channels>(settings.issuer.jwt_jwks_ca_file),
        http::is_over_after(2 * longest_fetch));
    std::optional<jwks_answer> answer;
    const jwks_fetch fetch(client.calls(), *url, {},
                           [&answer](jwks_answer got) { answer = std::move(got); });
    return client.wait_for(answer)
               ? *std::move(answer)
               : failed(jwks_outcome::timeout, "the server did not answer in time");
}

} // namespace sluice::app
