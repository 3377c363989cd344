#include "core/issuer/session_token.hpp"
#include "crypto/base64url.hpp"
#include "crypto/hmac_sha256.hpp"
#include "test/support/key_pair.hpp"

#include <boost/test/unit_test.hpp>

#include <functional>
#include <string>
#include <vector>

using namespace sluice;
using core::errc;
using test::key_pair;

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
        const auto tag = crypto::hmac_key::make_for_test_vectors(secret).mac(input);
        return std::string(reinterpret_cast<const char*>(tag.data()), tag.size());
    };
}

core::session_verifier verifier_of(const std::string& file) {
    std::vector<core::operator_problem> problems;
    auto keys = core::parse_session_keys(file, "f", problems);
    BOOST_TEST_REQUIRE(problems.empty());
    return {std::move(keys), policy};
}

const std::string secret(32, 's');
const std::string oct =
    R"({"keys":[{"kty":"oct","kid":"a","k":")" + crypto::base64url_encode(secret) + R"("}]})";

std::string said(const core::session_verifier& by, const std::string& token) {
    const auto verdict = by.verify(token, now);
    return verdict ? "good " + verdict->user_id
                   : std::string(core::name_of(verdict.error().code)) + " " +
                         std::string(verdict.error().subject);
}

std::size_t problems_of(const std::string& file) {
    std::vector<core::operator_problem> problems;
    (void)core::parse_session_keys(file, "f", problems);
    return problems.size();
}

} // namespace

BOOST_AUTO_TEST_SUITE(session_token_suite)

BOOST_AUTO_TEST_CASE(headers) {
    const auto by = verifier_of(oct);
    const auto with = [&](const std::string& header) {
        return said(by, sign(header, claims, hmac(secret)));
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
    // Keys that a header brings along are not looked at.
    BOOST_TEST(with(R"({"alg":"HS256","jwk":{"kty":"oct","k":"AA"},"jku":"http://x/"})") ==
               "good u1");
    BOOST_TEST(said(by, sign(R"({"alg":"HS256","jwk":{"kty":"oct","k":"AA"}})", claims,
                             hmac(std::string(1, '\0')))) == "session_invalid signature");
}

BOOST_AUTO_TEST_CASE(claims_table) {
    const auto by = verifier_of(oct);
    const auto with = [&](const std::string& payload) {
        return said(by, sign(R"({"alg":"HS256"})", payload, hmac(secret)));
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
    };
    for (const auto& [payload, wanted] : table) {
        BOOST_TEST(with(payload) == wanted, payload);
    }
}

BOOST_AUTO_TEST_CASE(scope_is_a_word) {
    const auto by = verifier_of(oct);
    const auto is_issuer = [&](const std::string& scope) {
        const auto payload = claims.substr(0, claims.size() - 1) + R"(,"scope":")" + scope + "\"}";
        return by.verify(sign(R"({"alg":"HS256"})", payload, hmac(secret)), now)->is_issuer;
    };
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
                BOOST_TEST(said(by, sign(header, claims, hmac(bytes))) ==
                           "session_invalid signature");
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
               "session_invalid signature");
}

BOOST_AUTO_TEST_CASE(forms) {
    const auto by = verifier_of(oct);
    const auto good = sign(R"({"alg":"HS256"})", claims, hmac(secret));
    for (const auto& bad :
         {std::string(), std::string(".."), good + ".", good + "=", "." + good, good + "A",
          good.substr(0, good.rfind('.') + 1), good.substr(0, good.rfind('.')), " " + good,
          std::string(9000, 'a') + good}) {
        BOOST_TEST(said(by, bad).starts_with("session_invalid"));
    }
}

BOOST_AUTO_TEST_CASE(sets_of_keys) {
    const std::string k = crypto::base64url_encode(secret);
    const auto entry = [&](const std::string& more) {
        return R"({"kty":"oct","k":")" + k + "\"" + more + "}";
    };
    const auto set = [](const std::string& entries) { return R"({"keys":[)" + entries + "]}"; };
    BOOST_TEST(problems_of(set(entry(""))) == 0U);
    BOOST_TEST(problems_of(set(entry(R"(,"kid":"a")") + "," + entry(R"(,"kid":"b")"))) == 0U);
    BOOST_TEST(problems_of(set(entry(R"(,"kid":"a")") + "," + entry(R"(,"kid":"a")"))) == 1U);
    BOOST_TEST(problems_of(set("")) == 1U);
    // Passed over: then nothing is left.
    for (const auto* more : {R"(,"use":"enc")", R"(,"alg":"HS512")", R"(,"alg":"RS256")",
                             R"(,"key_ops":["sign"])", R"(,"key_ops":"verify")", R"(,"use":7)"}) {
        BOOST_TEST(problems_of(set(entry(more))) == 1U, more);
        BOOST_TEST(problems_of(set(entry(more) + "," + entry(""))) == 0U, more);
    }
    BOOST_TEST(problems_of(set(R"({"kty":"oct","k":"c2hvcnQ"})")) == 2U); // and nothing is left
    BOOST_TEST(problems_of(set(R"({"kty":"EC","crv":"P-256","x":"AA","y":"AA"})")) == 2U);
    BOOST_TEST(problems_of(set(R"({"kty":"RSA","n":"AQAB","e":"AQAB"})")) == 2U);
    BOOST_TEST(problems_of(set(R"({"kty":"OKP","crv":"Ed25519","x":"AA","d":"AA"})")) == 2U);
    BOOST_TEST(problems_of("nonsense") == 1U);
    BOOST_TEST(problems_of("{}") == 1U);
}

BOOST_AUTO_TEST_SUITE_END()
