#include "core/issuer/session_token.hpp"
#include "crypto/base64url.hpp"
#include "crypto/hmac_sha256.hpp"
#include "test/support/key_pair.hpp"
#include "test/support/session_key_sets.hpp"

#include <boost/test/unit_test.hpp>

#include <functional>
#include <string>
#include <vector>

using namespace sluice;
using core::errc;
using test::key_pair;
using test::problems_of;
using test::secret_set;
using test::session_secret;

namespace {

constexpr std::chrono::sys_seconds now{std::chrono::seconds(1'700'000'000)};
const std::string claims = R"({"sub":"u1","exp":1700000600,"iss":"lms","aud":"sluice"})";
const core::session_policy policy{
    .issuer = "lms", .audience = "sluice", .scope = "sluice:mint", .leeway = {}};

using signer = std::function<std::string(std::string_view)>;

std::string sign(const std::string& header, const std::string& payload, const signer& by) {
    const auto input = crypto::base64url_encode(header) + "." + crypto::base64url_encode(payload);
    return input + "." + crypto::base64url_encode(by(input));
}

signer hmac(const std::string& secret) {
    return [secret](std::string_view input) {
        const auto tag = crypto::hmac_key::make_of_any_size(secret).mac(input);
        return std::string(reinterpret_cast<const char*>(tag.data()), tag.size());
    };
}

core::session_verifier verifier_of(const std::string& file) {
    std::vector<core::operator_problem> problems;
    auto keys = core::parse_session_keys(file, "f", problems);
    BOOST_TEST_REQUIRE(problems.empty());
    return {std::move(keys), policy};
}

std::string said(const core::session_verifier& by, const std::string& token) {
    const auto verdict = by.verify(token, now);
    return verdict ? "good " + verdict->user_id
                   : std::string(core::name_of(verdict.error().code)) + " " +
                         std::string(verdict.error().subject);
}

} // namespace

BOOST_AUTO_TEST_SUITE(session_token_suite)

BOOST_AUTO_TEST_CASE(headers) {
    const auto by = verifier_of(secret_set);
    const auto with = [&](const std::string& header) {
        return said(by, sign(header, claims, hmac(session_secret)));
    };
    BOOST_TEST(with(R"({"alg":"HS256"})") == "good u1");
    BOOST_TEST(with(R"({"alg":"HS256","kid":"a","typ":"at+jwt"})") == "good u1");
    for (const auto* header :
         {R"({"alg":"none"})", R"({"alg":"None"})", R"({"alg":"RS256"})", R"({"alg":"hs256"})",
          R"({"alg":["HS256"]})", R"({})", R"({"alg":"HS256","alg":"none"})",
          R"({"alg":"HS256","kid":"b"})", R"({"alg":"HS256","kid":7})",
          R"({"alg":"HS256","kid":"../../dev/null"})", R"({"alg":"HS256","crit":["b64"]})",
          R"({"alg":"HS256","b64":false})", "[]", "", "{"}) {
        BOOST_TEST(with(header).starts_with("session_invalid"), header);
    }
    // Keys in a header are ignored.
    BOOST_TEST(with(R"({"alg":"HS256","jwk":{"kty":"oct","k":"AA"},"jku":"http://x/"})") ==
               "good u1");
    BOOST_TEST(said(by, sign(R"({"alg":"HS256","jwk":{"kty":"oct","k":"AA"}})", claims,
                             hmac(std::string(1, '\0')))) == "session_invalid signature");
}

BOOST_AUTO_TEST_CASE(claims_table) {
    const auto by = verifier_of(secret_set);
    const auto with = [&](const std::string& payload) {
        return said(by, sign(R"({"alg":"HS256"})", payload, hmac(session_secret)));
    };
    const std::vector<std::pair<std::string, std::string>> table{
        {R"({"sub":"u1","exp":1700000001,"iss":"lms","aud":["x","sluice"]})", "good u1"},
        {R"({"sub":"u1","exp":1700000000,"iss":"lms","aud":"sluice"})", "session_expired exp"},
        {R"({"sub":"u1","iss":"lms","aud":"sluice"})", "session_invalid exp"},
        {R"({"sub":"u1","exp":"1700000600","iss":"lms","aud":"sluice"})", "session_invalid exp"},
        {R"({"sub":"u1","exp":1e99,"iss":"lms","aud":"sluice"})", "session_invalid exp"},
        {R"({"sub":"u1","exp":1700000600,"aud":"sluice"})", "session_invalid iss"},
        {R"({"sub":"u1","exp":1700000600,"iss":"lm","aud":"sluice"})", "session_invalid iss"},
        {R"({"sub":"u1","exp":1700000600,"iss":"lms"})", "session_invalid aud"},
        {R"({"sub":"u1","exp":1700000600,"iss":"lms","aud":"sluice2"})", "session_invalid aud"},
        {R"({"sub":"u1","exp":1700000600,"iss":"lms","aud":["x"]})", "session_invalid aud"},
        {R"({"sub":"u1","exp":1700000600,"iss":"lms","aud":{"sluice":1}})", "session_invalid aud"},
        {R"({"exp":1700000600,"iss":"lms","aud":"sluice"})", "session_invalid sub"},
        {R"({"sub":"../x","exp":1700000600,"iss":"lms","aud":"sluice"})", "session_invalid sub"},
        {R"({"sub":"u1","sub":"u2","exp":1700000600,"iss":"lms","aud":"sluice"})",
         "session_invalid sub"},
        {R"({"sub":"u1","exp":1700000600,"nbf":1700000001,"iss":"lms","aud":"sluice"})",
         "session_invalid nbf"},
        {R"({"sub":"u1","exp":1700000600,"iat":1700000001,"iss":"lms","aud":"sluice"})",
         "session_invalid iat"},
        {R"({"sub":"u1","exp":1700000600.5,"iat":1699999999.25,"nbf":1.7e9,"iss":"lms","aud":"sluice"})",
         "good u1"},
        {R"({"sub":"u1","exp":1700000000.5,"iss":"lms","aud":"sluice"})", "good u1"},
        {R"({"sub":"u1","exp":-1700000600.5,"iss":"lms","aud":"sluice"})", "session_invalid exp"},
        {R"({"sub":"u1","exp":1700000600,"iat":"now","iss":"lms","aud":"sluice"})",
         "session_invalid iat"},
        {R"({"sub":"u1","exp":1700000600,"nbf":null,"iss":"lms","aud":"sluice"})",
         "session_invalid nbf"},
        {R"({"sub":"u1","exp":1700000600,"iss":"lms","aud":"sluice","scope":null})", "good u1"},
        {R"({"sub":"u1","exp":1700000600,"iss":"lms","aud":"sluice","scope":""})", "good u1"},
        {R"({"sub":"u1","exp":1700000600,"iss":"lms","aud":"sluice","scope":["a",7,null]})",
         "good u1"},
        {R"({"sub":"u1","exp":1700000600,"iss":"lms","aud":"sluice","scope":{"a":1}})",
         "session_invalid scope"},
        {R"({"sub":"u1","exp":1700000600,"iss":"lms","aud":"sluice","scope":7})",
         "session_invalid scope"},
    };
    for (const auto& [payload, wanted] : table) {
        BOOST_TEST(with(payload) == wanted, payload);
    }
}

BOOST_AUTO_TEST_CASE(scope_is_a_word) {
    const auto by = verifier_of(secret_set);
    const auto is_issuer = [&](const std::string& scope) {
        const auto payload = claims.substr(0, claims.size() - 1) + R"(,"scope":")" + scope + "\"}";
        return by.verify(sign(R"({"alg":"HS256"})", payload, hmac(session_secret)), now)->is_issuer;
    };
    const auto listed = [&](const std::string& scopes) {
        const auto payload = claims.substr(0, claims.size() - 1) + R"(,"scope":)" + scopes + "}";
        return by.verify(sign(R"({"alg":"HS256"})", payload, hmac(session_secret)), now)->is_issuer;
    };
    BOOST_TEST(listed(R"(["openid","sluice:mint"])"));
    BOOST_TEST(!listed(R"(["openid sluice:mint"])"));
    BOOST_TEST(!listed(R"(["sluice:minting"])"));
    BOOST_TEST(!listed(R"([["sluice:mint"]])"));
    BOOST_TEST(!listed("[]"));
    BOOST_TEST(!listed("null"));
    BOOST_TEST(is_issuer("sluice:mint"));
    BOOST_TEST(is_issuer("openid sluice:mint email"));
    BOOST_TEST(!is_issuer("openid sluice:minting"));
    BOOST_TEST(!is_issuer("xsluice:mint"));
}

BOOST_AUTO_TEST_CASE(a_public_key_is_nobodys_secret) {
    for (const auto& pair : {key_pair::rsa(2048), key_pair::ec("P-256"), key_pair::ed25519()}) {
        const auto by = verifier_of(pair.pem());
        const auto pem = pair.pem();
        for (const auto& bytes : {pem, pem.substr(0, pem.size() - 1), pair.der(),
                                  pem.substr(27, pem.size() - 27 - 26)}) {
            for (const auto* header : {R"({"alg":"HS256"})", R"({"alg":"RS256"})"}) {
                BOOST_TEST(
                    said(by, sign(header, claims, hmac(bytes))).starts_with("session_invalid"));
            }
        }
        const auto as_secret = R"({"keys":[{"kty":"oct","k":")";
        BOOST_TEST(problems_of(as_secret + crypto::base64url_encode(pem) + R"("}]})") > 0U);
        BOOST_TEST(problems_of(as_secret + crypto::base64url_encode(pair.der()) + R"("}]})") > 0U);
    }
}

BOOST_AUTO_TEST_CASE(each_key_has_one_algorithm) {
    const auto ec = key_pair::ec("P-256");
    const auto by = verifier_of(ec.pem());
    const signer raw = [&](std::string_view input) { return ec.sign_raw(input); };
    BOOST_TEST(said(by, sign(R"({"alg":"ES256"})", claims, raw)) == "good u1");
    BOOST_TEST(said(by, sign(R"({"alg":"HS256"})", claims, raw)) == "session_invalid alg");
    BOOST_TEST(said(by, sign(R"({"alg":"EdDSA"})", claims, raw)) == "session_invalid alg");
    const auto rsa = key_pair::rsa(2048);
    const signer sha512 = [&](std::string_view input) { return rsa.sign(input, EVP_sha512()); };
    BOOST_TEST(said(verifier_of(rsa.pem()), sign(R"({"alg":"RS512"})", claims, sha512)) ==
               "session_invalid alg");
    const auto ed = key_pair::ed25519();
    const signer pure = [&](std::string_view input) { return ed.sign(input, nullptr); };
    for (const auto* alg : {"EdDSA", "Ed25519"}) { // RFC 8037 and RFC 9864
        BOOST_TEST(said(verifier_of(ed.pem()),
                        sign(R"({"alg":")" + std::string(alg) + "\"}", claims, pure)) == "good u1");
    }
    for (const auto* alg : {"Ed448", "eddsa", "ED25519"}) {
        BOOST_TEST(said(verifier_of(ed.pem()), sign(R"({"alg":")" + std::string(alg) + "\"}",
                                                    claims, pure)) == "session_invalid alg");
    }
}

// docs/security.md, threat 55: a token that no key of ours can have signed is rejected by its
// header; a token that needs a public key is not verified for a sender of too many bad ones.
BOOST_AUTO_TEST_CASE(keys_are_chosen_by_the_header) {
    const auto ec = key_pair::ec("P-256");
    const auto jwk = ec.jwk(R"("kid":"e",)");
    const auto by = verifier_of(R"({"keys":[)" + jwk + R"(,{"kty":"oct","kid":"s","k":")" +
                                crypto::base64url_encode(session_secret) + R"("}]})");
    const signer raw = [&](std::string_view input) { return ec.sign_raw(input); };
    const auto good = sign(R"({"alg":"ES256","kid":"e"})", claims, raw);
    BOOST_TEST(said(by, good) == "good u1");
    BOOST_TEST(said(by, sign(R"({"alg":"ES256"})", claims, raw)) == "good u1");
    BOOST_TEST(said(by, sign(R"({"alg":"ES256","kid":"x"})", claims, raw)) ==
               "session_invalid kid");
    BOOST_TEST(said(by, sign(R"({"alg":"ES256","kid":"s"})", claims, raw)) ==
               "session_invalid alg");
    BOOST_TEST(said(by, sign(R"({"alg":"HS256","kid":"s"})", claims, raw)) ==
               "session_invalid signature");
    BOOST_TEST((by.verify(good, now, true).error().code == errc::too_many_bad_credentials));
    BOOST_TEST(
        (by.verify(sign(R"({"alg":"ES256","kid":"x"})", claims, raw), now, true).error().code ==
         errc::session_invalid));
    BOOST_TEST(
        by.verify(sign(R"({"alg":"HS256"})", claims, hmac(session_secret)), now, true).has_value());
}

BOOST_AUTO_TEST_CASE(one_key_under_two_names) {
    const std::string k = crypto::base64url_encode(session_secret);
    const auto by = verifier_of(R"({"keys":[{"kty":"oct","kid":"a","k":")" + k +
                                R"("},{"kty":"oct","kid":"b","k":")" + k + R"("}]})");
    for (const auto* kid : {"a", "b"}) {
        BOOST_TEST(said(by, sign(R"({"alg":"HS256","kid":")" + std::string(kid) + "\"}", claims,
                                 hmac(session_secret))) == "good u1");
    }
    BOOST_TEST(said(by, sign(R"({"alg":"HS256"})", claims, hmac(session_secret))) == "good u1");
    BOOST_TEST(said(by, sign(R"({"alg":"HS256","kid":"c"})", claims, hmac(session_secret))) ==
               "session_invalid kid");
}

BOOST_AUTO_TEST_CASE(large_sets) {
    const auto set_of = [](std::size_t count, bool named) {
        std::string entries;
        for (std::size_t i = 0; i < count; ++i) {
            const auto number = std::to_string(i);
            entries += (i == 0 ? "" : ",") + std::string(R"({"kty":"oct",)") +
                       (named ? R"("kid":"k)" + number + "\"," : "") + R"("k":")" +
                       crypto::base64url_encode(std::string(32, static_cast<char>('A' + i % 60)) +
                                                number) +
                       "\"}";
        }
        return R"({"keys":[)" + entries + "]}";
    };
    BOOST_TEST(problems_of(set_of(64, true)) == 0U);
    BOOST_TEST(problems_of(set_of(65, true)) == 1U);
    BOOST_TEST(problems_of(set_of(8, false)) == 0U);
    BOOST_TEST(problems_of(set_of(9, false)) == 1U);
    const auto by = verifier_of(set_of(64, true));
    const auto last = hmac(std::string(32, 'D') + "63");
    BOOST_TEST(said(by, sign(R"({"alg":"HS256","kid":"k63"})", claims, last)) == "good u1");
    BOOST_TEST(said(by, sign(R"({"alg":"HS256"})", claims, last)) == "session_invalid kid");
}

BOOST_AUTO_TEST_CASE(forms) {
    const auto by = verifier_of(secret_set);
    const auto good = sign(R"({"alg":"HS256"})", claims, hmac(session_secret));
    for (const auto& bad :
         {std::string(), std::string(".."), good + ".", good + "=", "." + good, good + "A",
          good.substr(0, good.rfind('.') + 1), good.substr(0, good.rfind('.')), " " + good,
          std::string(9000, 'a') + good}) {
        BOOST_TEST(said(by, bad).starts_with("session_invalid"));
    }
}

BOOST_AUTO_TEST_SUITE_END()
