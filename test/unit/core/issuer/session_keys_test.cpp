#include "core/issuer/session_keys.hpp"
#include "crypto/base64url.hpp"
#include "test/support/key_pair.hpp"
#include "test/support/session_key_sets.hpp"
#include "test/support/temp_dir.hpp"

#include <boost/test/unit_test.hpp>

#include <filesystem>
#include <string>
#include <vector>

using namespace sluice;
using test::key_pair;
using test::problems_of;
using test::secret_set;
using test::session_secret;

BOOST_AUTO_TEST_SUITE(session_keys_suite)

BOOST_AUTO_TEST_CASE(sets_of_keys) {
    const std::string k = crypto::base64url_encode(session_secret);
    const auto entry = [&](const std::string& more) {
        return R"({"kty":"oct","k":")" + k + "\"" + more + "}";
    };
    const auto set = [](const std::string& entries) { return R"({"keys":[)" + entries + "]}"; };
    BOOST_TEST(problems_of(set(entry(""))) == 0U);
    BOOST_TEST(problems_of(set(entry(R"(,"kid":"a")") + "," + entry(R"(,"kid":"b")"))) == 0U);
    BOOST_TEST(problems_of(set(entry(R"(,"kid":"a")") + "," + entry(R"(,"kid":"a")"))) == 1U);
    BOOST_TEST(problems_of(set(entry(R"(,"kid":"a")") + "," +
                               key_pair::ec("P-256").jwk(R"("kid":"a",)"))) == 0U);
    BOOST_TEST(problems_of(set("")) == 1U);
    // Skipped, so that no key is left.
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

BOOST_AUTO_TEST_CASE(a_fetched_set_is_read_for_the_keys_that_are_of_use) {
    const auto good = key_pair::ec("P-256").jwk(R"("kid":"a",)");
    const auto usable = [](const std::string& text, std::size_t& skipped) {
        std::vector<core::operator_problem> problems;
        std::vector<core::operator_problem> left;
        const auto keys = core::parse_fetched_keys(text, "https://h/", problems, &left);
        skipped = left.size();
        return problems.empty() ? keys.size() : 0;
    };
    std::size_t skipped = 0;
    // Each would make a file unusable, or is a secret.
    for (const std::string& other :
         {std::string("7"), std::string("{}"), good,
          std::string(R"({"kty":"RSA","n":"AQAB","e":"AQAB"})"),
          std::string(R"({"kty":"OKP","crv":"Ed25519","x":"AA","d":"AA"})"),
          R"({"kty":"oct","k":")" + crypto::base64url_encode(session_secret) + "\"}"}) {
        BOOST_TEST(usable(R"({"keys":[)" + good + "," + other + "]}", skipped) == 1U, other);
        BOOST_TEST(skipped == 1U, other);
    }
    BOOST_TEST(usable(secret_set, skipped) == 0U);
    for (const auto* text :
         {"", "x", "{}", "[]", R"({"keys":[]})", R"({"keys":{}})", "-----BEGIN PUBLIC KEY-----"}) {
        BOOST_TEST(usable(text, skipped) == 0U, text);
    }
    std::string many = R"({"keys":[)" + good;
    for (int i = 0; i < 64; ++i) {
        many += "," + key_pair::ec("P-256").jwk("\"kid\":\"" + std::to_string(i) + "\",");
    }
    BOOST_TEST(usable(many + "]}", skipped) == 0U);
}

BOOST_AUTO_TEST_CASE(what_is_skipped_is_said) {
    const std::string k = R"("k":")" + crypto::base64url_encode(session_secret) + "\"";
    std::vector<core::operator_problem> problems;
    std::vector<core::operator_problem> skipped;
    const auto keys = core::parse_session_keys(
        R"({"keys":[{"kty":"oct",)" + k + R"(},{"kty":"oct","use":"enc",)" + k +
            R"(},{"kty":"EC","crv":"P-384","x":"","y":""},{"kty":"OKP","crv":"X25519","x":""},)" +
            R"({"kty":"oct","alg":"HS512",)" + k +
            R"(},{"kty":"new"},{"kty":"oct","key_ops":["sign"],)" + k + "}]}",
        "f", problems, &skipped);
    BOOST_TEST(problems.empty());
    BOOST_TEST(keys.size() == 1U);
    std::vector<std::string> reasons;
    for (const auto& one : skipped) {
        reasons.push_back(one.where + ": " + one.what);
    }
    BOOST_TEST(reasons == (std::vector<std::string>{
                              "f: key 2: its use is not sig", "f: key 3: its crv is not P-256",
                              "f: key 4: its crv is not Ed25519",
                              "f: key 5: its alg is not HS256, the one for such a key",
                              "f: key 6: its kty must be RSA, EC, OKP or oct",
                              "f: key 7: its key_ops do not contain verify"}));
}

BOOST_AUTO_TEST_CASE(a_private_key_is_never_passed_over) {
    const std::string oct_too =
        R"(,{"kty":"oct","k":")" + crypto::base64url_encode(session_secret) + "\"}]}";
    for (const auto* entry :
         {R"({"kty":"EC","crv":"P-256","x":"AA","y":"AA","d":"AA"})",
          R"({"kty":"RSA","use":"enc","n":"AQAB","e":"AQAB","d":"AA"})",
          R"({"kty":"OKP","crv":"Ed25519","x":"AA","d":"AA"})", R"({"kty":"new","d":"AA"})"}) {
        std::vector<core::operator_problem> problems;
        (void)core::parse_session_keys(R"({"keys":[)" + std::string(entry) + oct_too, "f",
                                       problems);
        BOOST_TEST_REQUIRE(problems.size() == 1U, entry);
        BOOST_TEST(problems[0].what.find("private key") != std::string::npos, entry);
    }
}

// Permissions of the file: only its owner and group may read a secret; anyone may read public keys.
BOOST_AUTO_TEST_CASE(files_with_a_secret_are_closed) {
    const test::temp_dir folder;
    const auto faults = [&](const std::string& text, std::filesystem::perms mode) {
        folder.write_file("jwks.json", text);
        std::filesystem::permissions(folder.path("jwks.json"), mode);
        std::vector<core::operator_problem> problems;
        (void)core::load_session_keys(folder.path("jwks.json"), problems);
        return problems.empty() ? std::string() : problems.front().what;
    };
    using std::filesystem::perms;
    const auto mine = perms::owner_read | perms::owner_write;
    const auto pem = key_pair::ec("P-256").pem();
    BOOST_TEST(faults(secret_set, mine) == "");
    BOOST_TEST(faults(pem, mine | perms::group_read | perms::others_read) == "");
    BOOST_TEST(faults(secret_set, mine | perms::group_read) == "");
    BOOST_TEST(faults(secret_set, mine | perms::others_read).find("holds a secret") !=
               std::string::npos);
    BOOST_TEST(faults(pem, mine | perms::others_write) != "");
}

BOOST_AUTO_TEST_SUITE_END()
