// Tokens made by PyJWT, the library of the server that Sluice replaces (docs/api.md §1);
// scripts/record_jwt_vectors records them.
#include "core/token/token_service.hpp"
#include "crypto/hmac_sha256.hpp"

#include <boost/json/parse.hpp>
#include <boost/test/unit_test.hpp>

#include <fstream>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>

namespace core = sluice::core;
namespace json = boost::json;

BOOST_AUTO_TEST_SUITE(token_service_pyjwt)

json::value vectors() {
    std::ifstream file(SLUICE_TEST_DATA "/vectors/pyjwt.json", std::ios::binary);
    BOOST_REQUIRE(file.good());
    return json::parse(std::string(std::istreambuf_iterator<char>(file), {}));
}

std::string_view text(const json::value& value) {
    return {value.as_string().data(), value.as_string().size()};
}

/// The text claim `name`; empty when PyJWT wrote none or null.
std::string_view text_claim(const json::value& claims, std::string_view name) {
    const json::value* const claim = claims.as_object().if_contains(name);
    return claim == nullptr || claim->is_null() ? std::string_view{} : text(*claim);
}

void check_claims(const core::claims& read, const json::value& written) {
    BOOST_TEST(core::name_of(read.kind) == text_claim(written, "type"));
    BOOST_TEST(read.filename == text_claim(written, "filename"));
    BOOST_TEST(read.rel == text_claim(written, "rel"));
    BOOST_TEST(read.course_id == text_claim(written, "course_id"));
    BOOST_TEST(read.module_id == text_claim(written, "module_id"));
    BOOST_TEST(read.user_id == text_claim(written, "user_id"));
    // A fraction is kept: the whole seconds are compared here, the exact time by the verdict.
    BOOST_TEST(read.exp.seconds ==
               static_cast<std::int64_t>(written.at("exp").to_number<double>()));
    BOOST_TEST(read.iat.has_value() == written.as_object().contains("iat"));
    BOOST_TEST(read.media().has_value());
}

BOOST_AUTO_TEST_CASE(each_has_the_recorded_outcome) {
    const json::value recorded = vectors();
    const auto key = sluice::crypto::hmac_key::make(text(recorded.at("secret")));
    BOOST_REQUIRE(key.has_value());
    const core::key_ring ring({{std::string(text(recorded.at("kid"))), *key}});
    const core::token_service service(ring, {});
    const std::chrono::sys_seconds now{std::chrono::seconds{recorded.at("now").as_int64()}};

    core::claims read;
    for (const json::value& token : recorded.at("tokens").as_array()) {
        BOOST_TEST_CONTEXT(text(token.at("name"))) {
            const auto verdict = service.verify(text(token.at("token")), now, read);
            const std::string_view outcome = verdict ? "ok" : core::name_of(verdict.error().code);
            BOOST_TEST(outcome == text(token.at("outcome")));
            BOOST_TEST((verdict ? "" : verdict.error().subject) == text(token.at("subject")));
            if (verdict) {
                check_claims(read, token.at("claims"));
            }
        }
    }
    BOOST_TEST(recorded.at("tokens").as_array().size() >= 30U);
}

BOOST_AUTO_TEST_SUITE_END()
