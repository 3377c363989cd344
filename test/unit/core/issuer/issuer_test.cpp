#include "core/issuer/issuer.hpp"
#include "crypto/base64url.hpp"
#include "test/support/token_forge.hpp"

#include <boost/test/unit_test.hpp>

#include <optional>
#include <string>
#include <utility>
#include <vector>

using namespace sluice::core;
using namespace std::chrono_literals;

namespace {

constexpr std::chrono::sys_seconds now{1'700'000'000s};
const std::string key_text = "sk_lms_0123456789012345678901234567890123456789012";
const std::string retired_text = "sk_old_0123456789012345678901234567890123456789012";
const std::string slow_text = "sk_slow_0123456789012345678901234567890123456789012";
const std::string wrong_text = key_text + "x";
const std::string secret(32, 's');

issuer_keys some_keys() {
    std::vector<issuer_key> all(3);
    all[0].name = "lms";
    all[0].digest = sluice::crypto::sha256(key_text);
    all[1].name = "old";
    all[1].digest = sluice::crypto::sha256(retired_text);
    all[1].not_after = now.time_since_epoch().count();
    all[2].name = "slow";
    all[2].digest = sluice::crypto::sha256(slow_text);
    all[2].rate = 1;
    return issuer_keys(std::move(all));
}

session_verifier some_sessions() {
    std::vector<operator_problem> problems;
    auto keys = parse_session_keys(R"({"keys":[{"kty":"oct","k":")" +
                                       sluice::crypto::base64url_encode(secret) + "\"}]}",
                                   "f", problems);
    BOOST_TEST_REQUIRE(problems.empty());
    return {std::move(keys), {.issuer = {}, .audience = {}, .scope = "sluice:mint"}};
}

std::string session_of(const std::string& payload) {
    return sluice::test::forge(R"({"alg":"HS256"})", payload, secret);
}

const std::string anna = session_of(R"({"sub":"anna","exp":1700000600})");
const std::string expired = session_of(R"({"sub":"anna","exp":1700000000})");

/// A caller on this machine that connects directly.
mint_caller local() {
    mint_caller caller;
    caller.is_loopback_peer = true;
    caller.has_loopback_host = true;
    caller.now = now;
    caller.steady_now = std::chrono::steady_clock::time_point(100s);
    return caller;
}

mint_caller with_bearer(std::string_view text) {
    auto caller = local();
    caller.bearer = text;
    return caller;
}

mint_caller with_api_key(std::string_view text) {
    auto caller = local();
    caller.api_key = text;
    return caller;
}

mint_caller changed(void (*change)(mint_caller&)) {
    auto caller = local();
    change(caller);
    return caller;
}

/// The identity as which `caller` is accepted, or the failure.
std::string said(const issuer_gate& gate, const mint_caller& caller) {
    const auto verdict = gate.admit(caller);
    return verdict ? verdict->name() : std::string(name_of(verdict.error().code));
}

issuer_modes both(issuer_mode first, issuer_mode second) {
    issuer_modes modes = first;
    modes.add(second);
    return modes;
}

} // namespace

BOOST_AUTO_TEST_SUITE(issuer)

BOOST_AUTO_TEST_CASE(auto_without_a_credential_hears_nobody) {
    const issuer_gate gate(issuer_mode::automatic);
    BOOST_TEST(said(gate, local()) == "issuer_closed");
    BOOST_TEST(said(gate, mint_caller{}) == "issuer_closed");
    BOOST_TEST(said(gate, with_bearer(key_text)) == "issuer_closed");
    BOOST_TEST(said(gate, with_api_key(key_text)) == "issuer_closed");
}

BOOST_AUTO_TEST_CASE(local_hears_this_machine) {
    const issuer_gate gate(issuer_mode::local);
    BOOST_TEST(said(gate, local()) == "local");
    // Its credential is not checked: there is nothing to compare it with.
    BOOST_TEST(said(gate, with_bearer(key_text)) == "local");
    for (auto* const change : {+[](mint_caller& who) { who.is_loopback_peer = false; },
                               +[](mint_caller& who) { who.is_forwarded = true; },
                               +[](mint_caller& who) { who.has_loopback_host = false; },
                               +[](mint_caller& who) { who.has_foreign_origin = true; }}) {
        BOOST_TEST(said(gate, changed(change)) == "issuer_closed");
    }
}

BOOST_AUTO_TEST_CASE(local_beside_keys_hears_both) {
    const issuer_gate gate(both(issuer_mode::local, issuer_mode::key), some_keys());
    BOOST_TEST(said(gate, local()) == "local");
    BOOST_TEST(said(gate, with_bearer(key_text)) == "key:lms");
    BOOST_TEST(said(gate, with_bearer(anna)) == "issuer_credential_refused");
    BOOST_TEST(said(gate, changed([](mint_caller& who) { who.is_loopback_peer = false; })) ==
               "issuer_credential_missing");
}

BOOST_AUTO_TEST_CASE(none_hears_everybody) {
    const issuer_gate gate(issuer_mode::none);
    BOOST_TEST(said(gate, mint_caller{}) == "anyone");
    BOOST_TEST(said(gate, with_bearer("whatever")) == "anyone");
}

BOOST_AUTO_TEST_CASE(auto_with_a_credential_asks_everybody_for_it) {
    for (const auto modes :
         {issuer_modes(issuer_mode::automatic), issuer_modes(issuer_mode::key)}) {
        const issuer_gate gate(modes, some_keys());
        BOOST_TEST(said(gate, local()) == "issuer_credential_missing");
        BOOST_TEST(said(gate, with_bearer(key_text)) == "key:lms");
        BOOST_TEST(said(gate, with_bearer(anna)) ==
                   "issuer_credential_refused"); // no sessions here
    }
    const issuer_gate sessions(issuer_mode::automatic, std::nullopt, some_sessions());
    BOOST_TEST(said(sessions, local()) == "issuer_credential_missing");
    BOOST_TEST(said(sessions, with_bearer(anna)) == "user:anna");
    BOOST_TEST(said(sessions, with_bearer(key_text)) == "issuer_credential_refused");
    BOOST_TEST(said(sessions, with_api_key(key_text)) == "issuer_credential_refused");
}

BOOST_AUTO_TEST_CASE(both_credentials_side_by_side) {
    const issuer_gate gate(both(issuer_mode::key, issuer_mode::jwt), some_keys(), some_sessions());
    const std::vector<std::pair<mint_caller, std::string>> table{
        {local(), "issuer_credential_missing"},
        {with_bearer(key_text), "key:lms"},
        {with_api_key(key_text), "key:lms"},
        {with_bearer(anna), "user:anna"},
        {with_api_key(anna), "issuer_key_invalid"}, // a session is no key
        {with_bearer(wrong_text), "issuer_key_invalid"},
        {with_api_key(""), "issuer_key_invalid"},
        {with_bearer(retired_text), "issuer_key_invalid"},
        {with_bearer(expired), "session_expired"},
        {with_bearer("a.b.c"), "session_invalid"},
        {with_bearer(""), "session_invalid"},
    };
    for (const auto& [caller, wanted] : table) {
        BOOST_TEST(said(gate, caller) == wanted);
    }
}

BOOST_AUTO_TEST_CASE(two_credentials_or_one_of_another_kind_are_refused) {
    const issuer_gate gate(issuer_mode::key, some_keys());
    auto twice = with_bearer(key_text);
    twice.api_key = key_text;
    BOOST_TEST(said(gate, twice) == "issuer_credential_refused");
    auto basic = local();
    basic.bearer = failure{errc::credential_malformed};
    BOOST_TEST(said(gate, basic) == "issuer_credential_refused");
    basic.api_key = key_text;
    BOOST_TEST(said(gate, basic) == "issuer_credential_refused");
}

// With `none` among the modes, a caller with a credential is identified by it, and it must be
// valid.
BOOST_AUTO_TEST_CASE(none_beside_keys) {
    const issuer_gate gate(both(issuer_mode::none, issuer_mode::key), some_keys());
    BOOST_TEST(said(gate, mint_caller{}) == "anyone");
    BOOST_TEST(said(gate, with_bearer(key_text)) == "key:lms");
    BOOST_TEST(said(gate, with_bearer(wrong_text)) == "issuer_key_invalid");
}

BOOST_AUTO_TEST_CASE(the_rate_of_a_key_is_its_own) {
    const issuer_gate gate(issuer_mode::key, some_keys());
    BOOST_TEST(said(gate, with_bearer(slow_text)) == "key:slow");
    BOOST_TEST(said(gate, with_bearer(slow_text)) == "rate_exceeded");
    BOOST_TEST(said(gate, with_bearer(key_text)) == "key:lms");
    auto later = with_bearer(slow_text);
    later.steady_now += 1s;
    BOOST_TEST(said(gate, later) == "key:slow");
}

BOOST_AUTO_TEST_CASE(whom_a_session_may_ask_for) {
    const auto permitted = [](const grantor& who, std::string_view user) {
        const auto verdict = issuer_gate::permit(who, user, media_kind::lesson, "t");
        return verdict ? std::string("yes") : std::string(name_of(verdict.error().code));
    };
    const grantor user{.how = grantor::kind::session, .user = {.user_id = "anna"}};
    const grantor backend{.how = grantor::kind::session,
                          .user = {.user_id = "lms", .is_issuer = true}};
    BOOST_TEST(permitted(user, "anna") == "yes");
    BOOST_TEST(permitted(user, "Anna") == "session_mismatch");
    BOOST_TEST(permitted(user, "") == "session_mismatch");
    BOOST_TEST(permitted(backend, "anna") == "yes");
    BOOST_TEST(permitted(grantor{}, "anna") == "yes");
    issuer_key narrow;
    narrow.types = {media_kind::course};
    const grantor key{.how = grantor::kind::key, .key = &narrow};
    BOOST_TEST(permitted(key, "anna") == "issuer_not_permitted");
}

BOOST_AUTO_TEST_CASE(a_key_shortens_and_never_stretches) {
    issuer_key key;
    const grantor free{.how = grantor::kind::key, .key = &key};
    BOOST_TEST(free.needs_entitlement());
    BOOST_TEST(!free.limit_ttl(std::nullopt, 900s).has_value());
    BOOST_TEST((free.limit_ttl(7200s, 900s) == 7200s));
    key.max_ttl = 60s;
    key.trust = issuer_trust::trusted;
    BOOST_TEST(!free.needs_entitlement());
    BOOST_TEST((free.limit_ttl(std::nullopt, 900s) == 60s));
    BOOST_TEST((free.limit_ttl(7200s, 900s) == 60s));
    BOOST_TEST((free.limit_ttl(30s, 900s) == 30s));
    BOOST_TEST((free.limit_ttl(std::nullopt, 40s) == 40s));
    BOOST_TEST((free.limit_resume(7200s, 0s) == 7200s));
    key.max_resume = 0s; // no window, whatever is asked for
    BOOST_TEST((free.limit_resume(7200s, 0s) == 0s));
    BOOST_TEST((free.limit_resume(std::nullopt, 100s) == 0s));
    key.max_resume = 60s;
    BOOST_TEST((free.limit_resume(7200s, 0s) == 60s));
    BOOST_TEST((free.limit_resume(std::nullopt, 0s) == 0s));
    BOOST_TEST((free.limit_resume(std::nullopt, 100s) == 60s));
    BOOST_TEST((grantor{}.limit_resume(7200s, 0s) == 7200s));
}

namespace {

struct counting_feed final : key_set_feed {
    void ask_again() const noexcept override { ++asked; }
    mutable int asked = 0;
};

} // namespace

BOOST_AUTO_TEST_CASE(keys_that_are_fetched) {
    const counting_feed feed;
    const issuer_gate waiting(issuer_mode::automatic, some_keys(), std::nullopt, &feed);
    BOOST_TEST((waiting.admit(with_bearer(anna)).error().code == errc::session_keys_unavailable));
    BOOST_TEST(waiting.admit(with_bearer(key_text)).has_value());
    BOOST_TEST((waiting.admit(local()).error().code == errc::issuer_credential_missing));
    const issuer_gate alone(issuer_mode::automatic, std::nullopt, std::nullopt, &feed);
    BOOST_TEST((alone.admit(local()).error().code == errc::issuer_credential_missing));
    BOOST_TEST(feed.asked == 0);

    std::vector<operator_problem> problems;
    auto keys = parse_session_keys(R"({"keys":[{"kty":"oct","kid":"a","k":")" +
                                       sluice::crypto::base64url_encode(secret) + "\"}]}",
                                   "f", problems);
    const issuer_gate gate(issuer_mode::automatic, std::nullopt,
                           session_verifier(std::move(keys), {}), &feed);
    const auto named = [](const std::string& kid, const std::string& key) {
        return sluice::test::forge(R"({"alg":"HS256","kid":")" + kid + "\"}",
                                   R"({"sub":"anna","exp":1700000600})", key);
    };
    BOOST_TEST(gate.admit(with_bearer(named("a", secret))).has_value());
    BOOST_TEST(!gate.admit(with_bearer(named("a", std::string(32, 'x')))).has_value());
    BOOST_TEST(feed.asked == 0);
    BOOST_TEST(!gate.admit(with_bearer(named("b", secret))).has_value());
    BOOST_TEST(feed.asked == 1);
}

BOOST_AUTO_TEST_SUITE_END()
