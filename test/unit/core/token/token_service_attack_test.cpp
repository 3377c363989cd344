#include "core/token/jose_header.hpp"
#include "core/token/token_service.hpp"
#include "crypto/base64url.hpp"
#include "test/support/token_forge.hpp"

#include <boost/test/unit_test.hpp>

#include <array>
#include <string>
#include <utility>

namespace core = sluice::core;
namespace crypto = sluice::crypto;
using namespace sluice::test;

BOOST_AUTO_TEST_SUITE(token_service_attack)

constexpr std::string_view plain_header = R"({"alg":"HS256"})";

struct service_fixture {
    core::key_ring ring = two_keys();
    core::token_service service{ring, {}};
    core::media_id media = *core::media_id::lesson("t", "c", "m", "l", "Video.mp4");
    std::string good = service.issue(media, "u", std::nullopt, token_now).token;

    core::result<void> verify(std::string_view token) const {
        core::claims read;
        return service.verify(token, token_now, read);
    }

    void check_refused(std::string_view token, core::errc code) const {
        const auto verdict = verify(token);
        BOOST_REQUIRE(!verdict.has_value());
        BOOST_TEST(core::name_of(verdict.error().code) == core::name_of(code));
    }
};

// docs/security.md, threats 1 and 2: without our MAC, the header is never read.
BOOST_FIXTURE_TEST_CASE(foreign_algorithms, service_fixture) {
    for (const std::string_view alg : {R"("none")", R"("None")", R"("nOnE")", R"("RS256")",
                                       R"("HS512")", R"(["HS256"])", "256", "null"}) {
        const std::string header = R"({"typ":"JWT","alg":)" + std::string(alg) + "}";
        BOOST_TEST_CONTEXT(header) {
            const std::string unsigned_part = crypto::base64url_encode(header) + "." +
                                              crypto::base64url_encode(lesson_payload()) + ".";
            check_refused(unsigned_part, core::errc::token_malformed);
            check_refused(unsigned_part + std::string(43, 'A'), core::errc::token_signature);
            check_refused(forge(header, lesson_payload(), stranger_secret),
                          core::errc::token_signature);
            check_refused(forge(header, lesson_payload()), core::errc::token_algorithm);
        }
    }
}

// docs/security.md, threat 4: the verifier has no state that a token could change.
BOOST_FIXTURE_TEST_CASE(refusals_leave_no_trace, service_fixture) {
    const std::string bad = forge(R"({"alg":"none"})", lesson_payload());
    core::claims read;
    for (int round = 0; round < 3; ++round) {
        BOOST_TEST(!service.verify(bad, token_now, read).has_value());
        BOOST_TEST(service.verify(good, token_now, read).has_value());
        BOOST_TEST(
            !service.verify(forge(plain_header, lesson_payload(), stranger_secret), token_now, read)
                 .has_value());
    }
}

// docs/security.md, threat 5: a kid can invalidate a token, but never selects a key.
BOOST_FIXTURE_TEST_CASE(kid, service_fixture) {
    const auto header = [](std::string_view value) {
        return R"({"alg":"HS256","kid":)" + std::string(value) + "}";
    };
    for (const std::string& value :
         {std::string(R"("../../../../dev/null")"), std::string(R"("' OR 1=1--")"),
          std::string(R"("http://evil/k")"), std::string("7"), std::string("null"),
          std::string(R"("")"), std::string(R"("newest\u0000")"), std::string(R"("NEWEST")"),
          std::string(R"("stranger")"), "\"" + std::string(2000, 'k') + "\""}) {
        BOOST_TEST_CONTEXT(value) {
            check_refused(forge(header(value), lesson_payload()), core::errc::token_algorithm);
            check_refused(forge(header(value), lesson_payload(), stranger_secret),
                          core::errc::token_signature);
        }
    }
    const std::string huge = "\"" + std::string(1'000'000, 'k') + "\"";
    check_refused(forge(header(huge), lesson_payload()), core::errc::token_malformed);

    BOOST_TEST(verify(forge(header(R"("newest")"), lesson_payload())).has_value());
    BOOST_TEST(verify(forge(header(R"("older")"), lesson_payload(), older_secret)).has_value());
    // The name of one key with the MAC of the other.
    check_refused(forge(header(R"("older")"), lesson_payload()), core::errc::token_algorithm);
    check_refused(forge(header(R"("newest")"), lesson_payload(), older_secret),
                  core::errc::token_algorithm);
}

BOOST_FIXTURE_TEST_CASE(a_header_of_ours_is_checked_with_its_own_key_alone, service_fixture) {
    const std::string_view header = R"({"alg":"HS256","kid":"newest","typ":"JWT"})";
    BOOST_REQUIRE(crypto::base64url_encode(header) == ring.newest().encoded_header());
    BOOST_TEST(verify(forge(header, lesson_payload())).has_value());
    check_refused(forge(header, lesson_payload(), older_secret), core::errc::token_signature);
    check_refused(forge(header, lesson_payload(), stranger_secret), core::errc::token_signature);
    check_refused(forge(header, "not JSON"), core::errc::token_claims);
}

BOOST_AUTO_TEST_CASE(either_name_of_one_secret_will_do) {
    const core::key_ring ring({key_of("new-name", newest_secret), key_of("name", newest_secret)});
    const core::token_service service(ring, {});
    core::claims read;
    for (const std::string_view header :
         {R"({"kid":"name","alg":"HS256"})", R"({"kid":"new-name","alg":"HS256"})",
          R"({"alg":"HS256","kid":"name","typ":"JWT"})"}) {
        BOOST_TEST(service.verify(forge(header, lesson_payload()), token_now, read).has_value());
    }
}

// A usual header is known by its bytes and not parsed, with the same results.
BOOST_FIXTURE_TEST_CASE(a_usual_header_with_a_kid_needs_the_mac_of_that_key, service_fixture) {
    for (const auto& encoded : core::encode_usual_headers("older")) {
        const auto header = *crypto::base64url_decode(encoded);
        BOOST_TEST_CONTEXT(header) {
            std::string kid;
            BOOST_TEST(core::read_jose_header(header, kid).has_value());
            BOOST_TEST(kid == "older");
            BOOST_TEST(verify(forge(header, lesson_payload(), older_secret)).has_value());
            const bool is_own = encoded == ring.oldest().encoded_header();
            check_refused(forge(header, lesson_payload()),
                          is_own ? core::errc::token_signature : core::errc::token_algorithm);
            check_refused(forge(header, lesson_payload(), stranger_secret),
                          core::errc::token_signature);
        }
    }
    BOOST_TEST(core::encode_usual_headers("older").size() == 8U);
}

BOOST_FIXTURE_TEST_CASE(a_usual_header_without_a_kid_fits_every_key, service_fixture) {
    for (const auto& encoded : core::encode_usual_headers({})) {
        const auto header = *crypto::base64url_decode(encoded);
        BOOST_TEST_CONTEXT(header) {
            std::string kid;
            BOOST_TEST(core::read_jose_header(header, kid).has_value());
            BOOST_TEST(kid.empty());
            BOOST_TEST(verify(forge(header, lesson_payload())).has_value());
            BOOST_TEST(verify(forge(header, lesson_payload(), older_secret)).has_value());
            check_refused(forge(header, lesson_payload(), stranger_secret),
                          core::errc::token_signature);
        }
    }
    BOOST_TEST(core::encode_usual_headers({}).size() == 3U);
}

BOOST_FIXTURE_TEST_CASE(a_foreign_header_finds_its_key_at_any_place_of_the_ring, service_fixture) {
    BOOST_TEST(verify(forge(plain_header, lesson_payload())).has_value());
    BOOST_TEST(verify(forge(plain_header, lesson_payload(), older_secret)).has_value());
    check_refused(forge(plain_header, lesson_payload(), stranger_secret),
                  core::errc::token_signature);
}

// docs/security.md, threat 6.
BOOST_FIXTURE_TEST_CASE(keys_and_extensions_in_the_header, service_fixture) {
    const std::string_view keys =
        R"({"alg":"HS256","jwk":{"kty":"oct","k":"AA"},"jku":"http://evil/","x5u":"u","x5c":["c"]})";
    BOOST_TEST(verify(forge(keys, lesson_payload())).has_value());
    check_refused(forge(keys, lesson_payload(), stranger_secret), core::errc::token_signature);
    check_refused(forge(R"({"alg":"HS256","crit":["b64"],"b64":false})", lesson_payload()),
                  core::errc::token_algorithm);
}

// docs/security.md, threat 3: repeated names, in the header and in the payload.
BOOST_FIXTURE_TEST_CASE(repeated_names, service_fixture) {
    check_refused(forge(R"({"alg":"HS256","alg":"none"})", lesson_payload()),
                  core::errc::token_algorithm);
    check_refused(forge(plain_header, lesson_payload(R"(,"rel":"x/c/m/l")")),
                  core::errc::token_claims);
    check_refused(forge(plain_header, lesson_payload(R"(,"exp":9007199254740991)")),
                  core::errc::token_claims);
}

// docs/security.md, threat 7: 43 characters carry 258 bits, so the last one has three aliases.
BOOST_FIXTURE_TEST_CASE(aliases_of_the_last_signature_character, service_fixture) {
    constexpr std::string_view alphabet =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    const std::size_t value = alphabet.find(good.back());
    BOOST_REQUIRE(value % 4 == 0U);
    BOOST_TEST(verify(good).has_value());
    for (std::size_t alias = value + 1; alias < value + 4; ++alias) {
        std::string token = good;
        token.back() = alphabet[alias];
        BOOST_TEST_CONTEXT(token.back()) {
            check_refused(token, core::errc::token_malformed);
        }
    }
}

BOOST_FIXTURE_TEST_CASE(malformed, service_fixture) {
    for (const std::string& token :
         {std::string(), std::string("."), std::string(".."), good + "=", good + ".", "." + good,
          good + " ", good + "\n", good + "." + good, std::string(65536, 'A'),
          std::string("Bearer ") + good.substr(0, good.rfind('.'))}) {
        BOOST_TEST_CONTEXT(token.substr(0, 80)) {
            check_refused(token, core::errc::token_malformed);
        }
    }
    check_refused(" " + good, core::errc::token_signature); // nothing is decoded before the MAC
}

// docs/security.md, threat 39, as far as the result can show it: every byte of the signature
// matters alike.
BOOST_FIXTURE_TEST_CASE(every_signature_byte_counts, service_fixture) {
    const std::size_t start = good.rfind('.') + 1;
    for (std::size_t i = start; i + 1 < good.size(); ++i) {
        std::string token = good;
        token[i] = token[i] == 'A' ? 'B' : 'A';
        BOOST_TEST_CONTEXT("character " << i - start) {
            check_refused(token, core::errc::token_signature);
        }
    }
}

// docs/security.md, threats 9 and 10: the claims are first validated as identifiers, then compared
// one by one.
BOOST_FIXTURE_TEST_CASE(glued_fields, service_fixture) {
    const auto course = [](std::string_view id, std::string_view file) {
        return R"({"type":"course","course_id":")" + std::string(id) + R"(","filename":")" +
               std::string(file) + R"(","user_id":"u","exp":1700000900})";
    };
    const auto wanted = *core::media_id::course("a", "b");
    core::claims read;
    const auto authorise = [&](const std::string& payload) {
        return service.authorise(forge(plain_header, payload), wanted, token_now, read);
    };
    BOOST_TEST(authorise(course("a", "b")).has_value());
    const std::array<std::pair<std::string, core::errc>, 4> vectors{{
        {course("a/b", "c"), core::errc::token_claims},
        {course("a", "b/c"), core::errc::token_claims},
        {course("b", "a"), core::errc::token_mismatch},
        {lesson_payload(), core::errc::token_mismatch},
    }};
    for (const auto& [payload, code] : vectors) {
        BOOST_TEST_CONTEXT(payload) {
            const auto verdict = authorise(payload);
            BOOST_REQUIRE(!verdict.has_value());
            BOOST_TEST(core::name_of(verdict.error().code) == core::name_of(code));
        }
    }
}

BOOST_FIXTURE_TEST_CASE(signed_payloads_that_are_no_claims, service_fixture) {
    for (const std::string& payload :
         {std::string(), std::string("null"), std::string("[]"), std::string("{"),
          std::string("{}"), std::string("\"text\""), std::string("{\"type\":\"lesson\"}"),
          std::string("\xff\xfe"), std::string(2000, '['), lesson_payload() + "x"}) {
        BOOST_TEST_CONTEXT(payload.substr(0, 80)) {
            const auto code =
                payload.empty() ? core::errc::token_malformed : core::errc::token_claims;
            check_refused(forge(plain_header, payload), code);
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()
