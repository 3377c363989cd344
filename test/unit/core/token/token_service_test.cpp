#include "core/token/token_service.hpp"
#include "test/support/token_forge.hpp"

#include <boost/json/parse.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <array>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

namespace core = sluice::core;
namespace crypto = sluice::crypto;
using namespace sluice::test;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(token_service)

core::media_id a_lesson() {
    return *core::media_id::lesson("t", "c", "m", "l", "Video.mp4");
}

std::string part_of(const std::string& token, std::size_t index) {
    std::size_t start = 0;
    for (; index > 0; --index) {
        start = token.find('.', start) + 1;
    }
    return *crypto::base64url_decode(
        std::string_view(token).substr(start, token.find('.', start) - start));
}

BOOST_AUTO_TEST_CASE(key_ids) {
    BOOST_TEST(core::is_key_id("2024-a.b_C"));
    BOOST_TEST(core::is_key_id(std::string(64, 'k')));
    for (const std::string& text :
         {std::string(), std::string(65, 'k'), std::string("a b"), std::string("a/b"),
          std::string("a\"b"), std::string("é"), std::string(1, '\0'), std::string("a\0", 2)}) {
        BOOST_TEST_CONTEXT(text) {
            BOOST_TEST(!core::is_key_id(text));
            BOOST_CHECK_THROW(key_of(text, newest_secret), std::invalid_argument);
        }
    }
}

BOOST_AUTO_TEST_CASE(ring_limits) {
    BOOST_CHECK_THROW(core::key_ring({}), std::invalid_argument);
    std::vector<core::signing_key> keys;
    for (std::size_t i = 0; i < core::max_keys; ++i) {
        keys.push_back(key_of("k" + std::to_string(i), newest_secret));
    }
    BOOST_CHECK_NO_THROW(core::key_ring{keys});
    BOOST_TEST(core::key_ring(keys).newest().kid() == "k0");
    keys.back() = key_of("k0", older_secret);
    BOOST_CHECK_THROW(core::key_ring{keys}, std::invalid_argument);
    keys.back() = key_of("k15", older_secret);
    keys.push_back(key_of("k16", older_secret));
    BOOST_CHECK_THROW(core::key_ring{keys}, std::invalid_argument);
}

BOOST_AUTO_TEST_CASE(issues_the_documented_token) {
    const auto ring = two_keys();
    const core::token_service service(ring, {});
    const auto issued = service.issue(a_lesson(), "u", std::nullopt, token_now);
    BOOST_TEST(part_of(issued.token, 0) == R"({"alg":"HS256","kid":"newest","typ":"JWT"})");
    BOOST_TEST(part_of(issued.token, 1) ==
               R"({"type":"lesson","filename":"Video.mp4","rel":"t/c/m/l","user_id":"u",)"
               R"("iat":1700000000,"exp":1700000900,"jti":")" +
                   issued.jti + "\"}");
    BOOST_TEST(issued.jti.size() == 22U);
    BOOST_TEST((issued.expires_in == 900s));
    BOOST_TEST(service.issue(a_lesson(), "u", std::nullopt, token_now).jti != issued.jti);
}

BOOST_AUTO_TEST_CASE(each_type_is_authorised_for_its_own_media_only) {
    const auto ring = two_keys();
    const core::token_service service(ring, {.issuer = "sluice", .audience = "media"});
    const std::array<core::media_id, 9> media{
        *core::media_id::lesson("t", "c", "m", "l", "f"),
        *core::media_id::lesson("t", "c", "m", "l", "F"),
        *core::media_id::lesson("x", "c", "m", "l", "f"),
        *core::media_id::course("c", "f"),
        *core::media_id::course("C", "f"),
        *core::media_id::course("c", "é"),
        *core::media_id::course(
            "c", "e\xcc\x81"), // the same to the eye, not in bytes (docs/security.md, threat 17)
        *core::media_id::module("c", "m", "f"),
        *core::media_id::module("c", "m2", "f"),
    };
    for (const auto& mine : media) {
        const std::string token = service.issue(mine, "u", 60s, token_now).token;
        for (const auto& wanted : media) {
            core::claims read;
            const auto verdict = service.authorise(token, wanted, token_now, read);
            BOOST_TEST(verdict.has_value() == (mine == wanted));
            BOOST_TEST((verdict || verdict.error().code == core::errc::token_mismatch));
            BOOST_TEST(read.user_id == "u");
        }
    }
}

BOOST_AUTO_TEST_CASE(ttl_is_clamped_and_told) {
    const auto ring = two_keys();
    const core::token_service service(ring, {.default_ttl = 900s, .max_ttl = 86400s});
    const std::array<std::pair<std::optional<std::chrono::seconds>, std::chrono::seconds>, 6>
        vectors{{{std::nullopt, 900s},
                 {1s, 1s},
                 {86399s, 86399s},
                 {86400s, 86400s},
                 {86401s, 86400s},
                 {std::chrono::seconds::max(), 86400s}}};
    for (const auto& [asked, given] : vectors) {
        const auto issued = service.issue(a_lesson(), "u", asked, token_now);
        BOOST_TEST_CONTEXT(given.count()) {
            BOOST_TEST((issued.expires_in == given));
            core::claims read;
            BOOST_TEST(service.verify(issued.token, token_now, read).has_value());
            BOOST_TEST((read.exp == (token_now + given).time_since_epoch().count()));
        }
    }
    const core::token_service brief(ring, {.default_ttl = 900s, .max_ttl = 60s});
    BOOST_TEST((brief.issue(a_lesson(), "u", std::nullopt, token_now).expires_in == 60s));
}

// docs/security.md, threat 33: a token is expired at exp and later, regardless of the leeway.
BOOST_AUTO_TEST_CASE(expiry_to_the_second) {
    const auto ring = two_keys();
    for (const auto leeway : {0s, 60s}) {
        const core::token_service service(ring, {.leeway = leeway});
        const auto token = service.issue(a_lesson(), "u", 900s, token_now).token;
        core::claims read;
        BOOST_TEST(service.verify(token, token_now, read).has_value());
        BOOST_TEST(service.verify(token, token_now + 899s, read).has_value());
        for (const auto late : {900s, 901s, 1'000'000s}) {
            const auto verdict = service.verify(token, token_now + late, read);
            BOOST_REQUIRE(!verdict.has_value());
            BOOST_TEST((verdict.error() == core::failure{core::errc::token_expired, "exp"}));
        }
    }
}

// docs/security.md, threat 33: fractions of a second count, on both sides.
BOOST_AUTO_TEST_CASE(expiry_to_the_fraction) {
    const auto ring = two_keys();
    const core::token_service service(ring, {.leeway = 60s});
    const auto payload = [](const std::string& exp) {
        auto text = lesson_payload("");
        const auto at = text.find("\"exp\":") + 6;
        return text.replace(at, text.find_first_of(",}", at) - at, exp);
    };
    const auto token = forge(R"({"alg":"HS256"})", payload("1700000000.5"));
    core::claims read;
    BOOST_TEST(service.verify(token, token_now, read).has_value());
    BOOST_TEST(service.verify(token, token_now + 499ms, read).has_value());
    BOOST_TEST(!service.verify(token, token_now + 500ms, read).has_value());
    BOOST_TEST(!service.verify(token, token_now + 1s, read).has_value());
}

// docs/security.md, threat 56.
BOOST_AUTO_TEST_CASE(a_token_ends_with_the_right_to_it) {
    const auto ring = two_keys();
    const core::token_service service(ring, {});
    const auto media = a_lesson();
    const auto lasts = [&](std::optional<std::chrono::seconds> ttl, std::optional<int> left) {
        core::token_press press;
        core::token_order order{.media = media, .user_id = "u", .ttl = ttl, .now = token_now};
        if (left) {
            order.until = token_now.time_since_epoch().count() + *left;
        }
        const auto& issued = service.issue(order, press);
        core::claims read;
        BOOST_REQUIRE(service.verify(issued.token, token_now, read).has_value());
        BOOST_TEST(read.exp.seconds - read.iat->seconds == issued.expires_in.count());
        return issued.expires_in.count();
    };
    BOOST_TEST(lasts(86400s, 3) == 3);
    BOOST_TEST(lasts(std::nullopt, 3) == 3);
    BOOST_TEST(lasts(2s, 3) == 2);
    BOOST_TEST(lasts(3s, 3) == 3);
    BOOST_TEST(lasts(std::nullopt, 100'000) == 900);
    BOOST_TEST(lasts(std::nullopt, std::nullopt) == 900);
}

// docs/api.md, the resume window.
BOOST_AUTO_TEST_CASE(the_window_is_clamped_and_told) {
    const auto ring = two_keys();
    struct row {
        std::optional<std::chrono::seconds> asked;
        std::optional<int> left; // of the right to the media
        std::int64_t told;       // from now to the end of the window; 0: none
    };
    const core::token_policy plain{.max_resume = 1000s};
    const core::token_policy usual{.default_resume = 200s, .max_resume = 1000s};
    const core::token_policy none{.max_resume = 0s};
    const std::array<std::pair<core::token_policy, row>, 14> rows{{
        {plain, {std::nullopt, {}, 0}},
        {plain, {0s, {}, 0}},
        {plain, {1s, {}, 901}},
        {plain, {1000s, {}, 1900}},
        {plain, {1001s, {}, 1900}},
        {plain, {std::chrono::seconds(9'999'999'999), {}, 1900}},
        {plain, {500s, 1000, 1000}},
        {plain, {500s, 900, 0}}, // the right ends with the token
        {plain, {500s, 10, 0}},
        {plain, {500s, 100'000, 1400}},
        {usual, {std::nullopt, {}, 1100}},
        {usual, {0s, {}, 0}},
        {usual, {300s, {}, 1200}},
        {none, {300s, {}, 0}},
    }};
    const auto media = a_lesson();
    for (const auto& [policy, each] : rows) {
        const core::token_service service(ring, policy);
        core::token_order order{.media = media, .user_id = "u", .ttl = {}, .now = token_now};
        order.resume = each.asked;
        if (each.left) {
            order.until = token_now.time_since_epoch().count() + *each.left;
        }
        core::token_press press;
        const auto& issued = service.issue(order, press);
        core::claims read;
        BOOST_TEST_CONTEXT(each.told << " " << each.left.value_or(-1)) {
            BOOST_REQUIRE(service.verify(issued.token, token_now, read).has_value());
            BOOST_TEST(issued.resume_expires_in.count() == each.told);
            BOOST_TEST(read.resume_until.has_value() == (each.told != 0));
            BOOST_TEST((each.told == 0 ||
                        *read.resume_until == (token_now.time_since_epoch().count() + each.told)));
        }
    }
}

BOOST_AUTO_TEST_CASE(in_the_window_a_token_can_only_resume) {
    const auto ring = two_keys();
    const core::token_service service(ring, {});
    const auto media = a_lesson();
    core::token_press press;
    const auto token =
        service
            .issue({.media = media, .user_id = "u", .ttl = 60s, .now = token_now, .resume = 100s},
                   press)
            .token;
    const auto other = *core::media_id::lesson("t", "c", "m", "l", "Other.mp4");
    const auto verdict = [&](std::chrono::milliseconds later, const core::media_id& wanted) {
        core::claims read;
        const auto first = service.authorise(token, wanted, token_now + later, read);
        BOOST_TEST(!read.is_in_window);
        if (later < 60s) {
            return std::string(first ? "good" : name_of(first.error().code));
        }
        BOOST_REQUIRE(!first.has_value());
        BOOST_TEST((first.error() == core::failure{core::errc::token_expired, "exp"}));
        const auto again = service.authorise_resume(wanted, token_now + later, read);
        BOOST_TEST(read.is_in_window == again.has_value());
        return std::string(again ? "resumes" : name_of(again.error().code));
    };
    BOOST_TEST(verdict(59'999ms, media) == "good");
    BOOST_TEST(verdict(60s, media) == "resumes");
    BOOST_TEST(verdict(60s, other) == "token_mismatch");
    BOOST_TEST(verdict(159'999ms, media) == "resumes");
    BOOST_TEST(verdict(160s, media) == "token_expired");
    BOOST_TEST(verdict(160s, other) == "token_expired");
    BOOST_TEST(verdict(std::chrono::hours(10000), media) == "token_expired");
}

// A fraction in resume_until counts; a token that has not begun is no good in its window either.
BOOST_AUTO_TEST_CASE(windows_of_other_issuers) {
    const auto ring = two_keys();
    const core::token_service service(ring, {});
    const auto media = *core::media_id::lesson("t", "c", "m", "l", "Video.mp4");
    const auto verdict = [&](std::string_view more, std::chrono::milliseconds later) {
        core::claims read;
        const auto token = forge(R"({"alg":"HS256"})", lesson_payload(more));
        const auto now = token_now + 900s + later;
        const auto first = service.authorise(token, media, now, read);
        BOOST_TEST((!first && first.error().code == core::errc::token_expired));
        return service.authorise_resume(media, now, read);
    };
    BOOST_TEST(verdict(R"(,"resume_until":1700000901.5)", 1499ms).has_value());
    BOOST_TEST((verdict(R"(,"resume_until":1700000901.5)", 1500ms).error().code ==
                core::errc::token_expired));
    BOOST_TEST(verdict(R"(,"resume_until":1.7e10)", 0ms).has_value());
    BOOST_TEST((verdict("", 0ms).error().code == core::errc::token_expired));
    BOOST_TEST((verdict(R"(,"nbf":1700009999,"resume_until":1800000000)", 0ms).error() ==
                core::failure{core::errc::token_not_yet_valid, "nbf"}));
    BOOST_TEST((verdict(R"(,"iat":1700009999,"resume_until":1800000000)", 0ms).error() ==
                core::failure{core::errc::token_not_yet_valid, "iat"}));
}

// docs/security.md, threat 34, a clock stepped back included: iat then lies ahead.
BOOST_AUTO_TEST_CASE(times_that_lie_ahead) {
    const auto ring = two_keys();
    struct row {
        std::string_view name;
        int ahead;
        std::chrono::seconds leeway;
        bool good;
    };
    const std::array<row, 12> rows{{{"iat", -1, 0s, true},
                                    {"iat", 0, 0s, true},
                                    {"iat", 1, 0s, false},
                                    {"iat", 60, 60s, true},
                                    {"iat", 61, 60s, false},
                                    {"iat", 600, 60s, false},
                                    {"nbf", -1, 0s, true},
                                    {"nbf", 0, 0s, true},
                                    {"nbf", 1, 0s, false},
                                    {"nbf", 60, 60s, true},
                                    {"nbf", 61, 60s, false},
                                    {"nbf", 600, 60s, false}}};
    for (const auto& [name, ahead, leeway, good] : rows) {
        BOOST_TEST_CONTEXT(name << " " << ahead << " leeway " << leeway.count()) {
            const auto token = forge(R"({"alg":"HS256"})",
                                     lesson_payload(",\"" + std::string(name) +
                                                    "\":" + std::to_string(1'700'000'000 + ahead)));
            core::claims read;
            const auto verdict =
                core::token_service(ring, {.leeway = leeway}).verify(token, token_now, read);
            BOOST_TEST(verdict.has_value() == good);
            BOOST_TEST((!verdict || read.is_ahead == (ahead > 0)));
            BOOST_TEST((verdict ||
                        verdict.error() == core::failure{core::errc::token_not_yet_valid, name}));
        }
    }
}

// docs/security.md, threat 9 and RFC 7519 §4.1.3.
BOOST_AUTO_TEST_CASE(issuer_and_audience) {
    const auto ring = two_keys();
    struct row {
        core::token_policy policy;
        std::string_view more;
        std::string_view refused;
    };
    const core::token_policy open;
    const core::token_policy strict{.issuer = "prod", .audience = "media"};
    const std::array<row, 10> rows{{
        {open, "", ""},
        {open, R"(,"iss":"anyone")", ""},
        {open, R"(,"aud":"media")", "aud"},
        {open, R"(,"aud":"")", "aud"},
        {strict, R"(,"iss":"prod","aud":"media")", ""},
        {strict, "", "iss"},
        {strict, R"(,"iss":"staging","aud":"media")", "iss"},
        {strict, R"(,"iss":"prod")", "aud"},
        {strict, R"(,"iss":"prod","aud":"other")", "aud"},
        {strict, R"(,"iss":"prod","aud":["media"])", "aud"},
    }};
    for (const auto& [policy, more, refused] : rows) {
        BOOST_TEST_CONTEXT(policy.issuer << more) {
            core::claims read;
            const auto verdict =
                core::token_service(ring, policy)
                    .verify(forge(R"({"alg":"HS256"})", lesson_payload(more)), token_now, read);
            BOOST_TEST(verdict.has_value() == refused.empty());
            BOOST_TEST(
                (verdict || verdict.error() == core::failure{core::errc::token_claims, refused}));
        }
    }
}

BOOST_AUTO_TEST_CASE(the_longest_media_still_fits_a_token) {
    const auto ring = core::key_ring({key_of(std::string(64, 'k'), newest_secret)});
    const core::token_service service(ring, {});
    const std::string id(128, '"'); // an escape for every byte
    const std::string name(255, '"');
    const auto media = core::media_id::lesson(id, id, id, id, name);
    BOOST_REQUIRE(media.has_value());
    core::token_press press;
    const auto token =
        service
            .issue({.media = *media, .user_id = id, .ttl = {}, .now = token_now, .resume = 1s},
                   press)
            .token;
    BOOST_TEST(token.size() <= crypto::max_token_bytes);
    core::claims read;
    BOOST_TEST(service.authorise(token, *media, token_now, read).has_value());
}

BOOST_AUTO_TEST_SUITE_END()
