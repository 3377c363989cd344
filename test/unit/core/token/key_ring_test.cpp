// The key of a ring that signs, and those that verify, at each time.
#include "core/token/token_service.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <vector>

using namespace sluice;
using namespace std::chrono_literals;
using core::key_window;

namespace {

constexpr std::int64_t start = 1'700'000'000;

std::chrono::sys_seconds at(std::int64_t offset) {
    return std::chrono::sys_seconds(std::chrono::seconds(start + offset));
}

core::signing_key key(const std::string& kid, key_window window = {}) {
    return {kid, crypto::hmac_key::make(std::string(32, kid.front())).value(), window};
}

core::media_id media() {
    return core::media_id::course("c", "f.mp4").value();
}

bool is_good(const core::token_service& by, const std::string& token, std::int64_t offset) {
    core::claims claims;
    return by.verify(token, at(offset), claims).has_value();
}

} // namespace

BOOST_AUTO_TEST_SUITE(key_ring_suite)

BOOST_AUTO_TEST_CASE(a_key_is_published_before_it_signs) {
    const core::key_ring ring({key("new", {.not_before = start + 100}), key("old")});
    BOOST_TEST(ring.signer(at(99)).kid() == "old");
    BOOST_TEST(ring.signer(at(100)).kid() == "new");
    // The node whose clock is ahead signs with it; the node whose clock is behind accepts it.
    const core::token_service service(ring, {});
    const auto early = service.issue(media(), "u", 900s, at(100));
    BOOST_TEST(is_good(service, early.token, 100));
    const core::key_ring others({key("new"), key("old")});
    const auto ahead = core::token_service(others, {}).issue(media(), "u", 900s, at(0));
    BOOST_TEST(is_good(service, ahead.token, 1));
}

BOOST_AUTO_TEST_CASE(a_replaced_key_verifies_until_its_last_token_has_expired) {
    const core::key_ring ring({key("new", {.not_before = start}), key("old")});
    const core::token_policy policy{.max_ttl = 1000s};
    const core::token_service service(ring, policy);
    const core::key_ring before({key("old")});
    // A lifetime of max_ttl and more, so that expiry is not the cause of the rejection.
    const auto old =
        core::token_service(before, {.max_ttl = 100000s}).issue(media(), "u", 100000s, at(0));
    BOOST_TEST(is_good(service, old.token, 999));
    BOOST_TEST(is_good(service, old.token, 1000 + 119));
    BOOST_TEST(!is_good(service, old.token, 1000 + 120));
}

// The windows of its tokens keep a replaced key for max_resume longer, and only they do: a token
// that has not expired is one that the key cannot have signed in time.
BOOST_AUTO_TEST_CASE(a_replaced_key_verifies_until_its_last_window_has_ended) {
    const core::token_policy policy{.max_ttl = 1000s, .max_resume = 500s};
    const core::key_ring ring({key("new", {.not_before = start}), key("old")});
    const core::key_ring before({key("old")});
    const core::token_service service(ring, policy);
    const core::token_service generous(before, {.max_ttl = 100000s, .max_resume = 100000s});
    const auto verdict = [&](std::chrono::seconds ttl, std::chrono::seconds resume,
                             std::int64_t offset) {
        const auto what = media();
        core::token_press press;
        const auto& token = generous.issue(
            {.media = what, .user_id = "u", .ttl = ttl, .now = at(0), .resume = resume}, press);
        core::claims claims;
        const auto first = service.authorise(token.token, what, at(offset), claims);
        return first || first.error().code != core::errc::token_expired
                   ? first
                   : service.authorise_resume(what, at(offset), claims);
    };
    BOOST_TEST(verdict(900s, 100000s, 1000 + 119).has_value());
    BOOST_TEST(verdict(900s, 100000s, 1000 + 120).has_value());
    BOOST_TEST(verdict(900s, 100000s, 1500 + 119).has_value());
    BOOST_TEST((verdict(900s, 100000s, 1500 + 120).error() ==
                core::failure{core::errc::token_signature, "kid"}));
    // Without a window, and with one that has not begun, it ends when it always did.
    BOOST_TEST((verdict(900s, 0s, 1000 + 119).error().code == core::errc::token_expired));
    BOOST_TEST((verdict(900s, 0s, 1000 + 120).error().code == core::errc::token_signature));
    BOOST_TEST((verdict(5000s, 100s, 1000 + 120).error().code == core::errc::token_signature));
}

BOOST_AUTO_TEST_CASE(not_after_ends_a_key) {
    const core::key_ring ring({key("a", {.not_after = start + 10}), key("b")});
    const core::token_service service(ring, {});
    const auto token = service.issue(media(), "u", 900s, at(0));
    BOOST_TEST(is_good(service, token.token, 9));
    BOOST_TEST(!is_good(service, token.token, 10));
    BOOST_TEST(ring.signer(at(10)).kid() == "b");
}

BOOST_AUTO_TEST_CASE(without_times_the_first_signs_and_all_verify) {
    const core::key_ring ring({key("a"), key("b")});
    BOOST_TEST(ring.signer(at(0)).kid() == "a");
    BOOST_TEST(!ring.is_over("b", at(0), 0s));
}

BOOST_AUTO_TEST_CASE(there_is_always_a_signer) {
    const core::key_ring ring(
        {key("a", {.not_before = start + 9}), key("b", {.not_before = start + 5})});
    BOOST_TEST(ring.signer(at(0)).kid() == "b");
}

BOOST_AUTO_TEST_SUITE_END()
