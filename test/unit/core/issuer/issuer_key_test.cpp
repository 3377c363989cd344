#include "core/issuer/issuer_key.hpp"
#include "core/issuer/issuer_key_file.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <vector>

using namespace sluice::core;
using namespace std::chrono_literals;

namespace {

constexpr std::chrono::sys_seconds now{std::chrono::seconds(1'700'000'000)};

issuer_key entry_of(const std::string& text, const std::string& name) {
    issuer_key key;
    key.name = name;
    key.digest = sluice::crypto::sha256(text);
    return key;
}

std::vector<std::string> faults_of(const std::string& entry) {
    std::vector<operator_problem> problems;
    (void)parse_issuer_keys(R"({"keys":[)" + entry + "]}", "f", problems);
    std::vector<std::string> all;
    for (const auto& one : problems) {
        all.push_back(one.what);
    }
    return all;
}

const std::string base = R"("name":"lms","digest":"47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU")";

} // namespace

BOOST_AUTO_TEST_SUITE(issuer_key_suite)

BOOST_AUTO_TEST_CASE(a_key_is_found_by_all_of_it) {
    const auto first = make_issuer_key("lms");
    const auto second = make_issuer_key("lms");
    BOOST_TEST(first.starts_with("sk_lms_"));
    BOOST_TEST(first.size() == std::string("sk_lms_").size() + 43);
    BOOST_TEST(first != second);
    auto retired = entry_of(second, "lms");
    retired.not_after = now.time_since_epoch().count();
    const issuer_keys keys({entry_of(first, "lms"), retired});
    BOOST_TEST(keys.find(first, now).value()->name == "lms");
    BOOST_TEST((keys.find(second, now).error().code == errc::issuer_key_invalid));
    BOOST_TEST(keys.find(second, now - 1s).has_value());
    for (const auto& other : {std::string(), first + "A", first.substr(1), "sk_lms_" + second}) {
        BOOST_TEST(!keys.find(other, now).has_value());
    }
}

BOOST_AUTO_TEST_CASE(a_digest_of_something_else_opens_nothing) {
    const issuer_keys keys({entry_of("", "empty"), entry_of("password", "chosen")});
    BOOST_TEST(!keys.find("", now).has_value());
    BOOST_TEST(!keys.find("password", now).has_value());
}

BOOST_AUTO_TEST_CASE(a_rate_is_a_bucket_that_refills) {
    rate_limiter limit(4);
    std::chrono::steady_clock::time_point instant{100s};
    const auto taken = [&] {
        int count = 0;
        while (count < 100 && limit.take(instant)) {
            ++count;
        }
        return count;
    };
    BOOST_TEST(taken() == 4);
    instant += 500ms;
    BOOST_TEST(taken() == 2);
    instant += 1h;
    BOOST_TEST(taken() == 4);
    rate_limiter none(0);
    BOOST_TEST(none.take(instant));
}

BOOST_AUTO_TEST_CASE(limits) {
    issuer_key key;
    BOOST_TEST(permit(key, media_kind::lesson, "t").has_value());
    key.types = {media_kind::course};
    BOOST_TEST(permit(key, media_kind::lesson, "t").error().subject == "type");
    key.trainers = {"t"};
    BOOST_TEST(permit(key, media_kind::course, "t").has_value());
    BOOST_TEST(permit(key, media_kind::course, "").error().subject == "trainer");
    BOOST_TEST(permit(key, media_kind::course, "T").error().subject == "trainer");
}

BOOST_AUTO_TEST_CASE(files_are_read_back_as_written) {
    auto key = entry_of("x", "lms");
    key.types = {media_kind::lesson, media_kind::module};
    key.trainers = {"a", "\"b"};
    key.max_ttl = 60s;
    key.max_resume = 0s;
    key.rate = 5;
    key.trust = issuer_trust::trusted;
    key.not_after = 1'800'000'000;
    key.created_at = 1'700'000'000;
    std::vector<operator_problem> problems;
    const auto again =
        parse_issuer_keys(issuer_keys_json({key, entry_of("y", "b")}), "f", problems);
    BOOST_TEST_REQUIRE(problems.empty());
    BOOST_TEST_REQUIRE(again.size() == 2U);
    BOOST_TEST((again[0].digest == key.digest));
    BOOST_TEST((again[0].types == key.types));
    BOOST_TEST(again[0].trainers == key.trainers);
    BOOST_TEST((again[0].max_ttl == key.max_ttl));
    BOOST_TEST((again[0].max_resume == key.max_resume));
    BOOST_TEST(!again[1].max_resume.has_value());
    BOOST_TEST(again[0].rate == 5U);
    BOOST_TEST((again[0].trust == issuer_trust::trusted));
    BOOST_TEST((again[0].not_after == key.not_after));
    BOOST_TEST((again[0].created_at == key.created_at));
    BOOST_TEST(!again[1].created_at.has_value());
    BOOST_TEST((again[1].trust == issuer_trust::entitled));
    BOOST_TEST(issuer_keys_json(again) == issuer_keys_json({key, entry_of("y", "b")}));
}

BOOST_AUTO_TEST_CASE(faults) {
    BOOST_TEST(faults_of("{" + base + "}").empty());
    const std::vector<std::pair<std::string, std::string>> table{
        {R"({"name":"a b","digest":"47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU"})", "name must"},
        {R"({"name":"a","digest":"AA"})", "digest must"},
        {"{" + base + R"(,"types":[]})", "not empty"},
        {"{" + base + R"(,"types":["Lesson"]})", "types must"},
        {"{" + base + R"(,"trainers":["a/b"]})", "trainers must"},
        {"{" + base + R"(,"trainers":"a"})", "trainers must"},
        {"{" + base + R"(,"max_ttl":0})", "max_ttl must"},
        {"{" + base + R"(,"max_resume":-1})", "max_resume must"},
        {"{" + base + R"(,"max_resume":31536001})", "max_resume must"},
        {"{" + base + R"(,"rate":1.5})", "rate must"},
        {"{" + base + R"(,"created_at":"2030-01-01"})", "created_at must"},
        {"{" + base + R"(,"created_at":-1})", "created_at must"},
        {"{" + base + R"(,"trust":"yes"})", "trust must"},
        {"{" + base + R"(,"type":["lesson"]})", "no member"},
        {"[]", "object"},
    };
    for (const auto& [entry, wanted] : table) {
        const auto found = faults_of(entry);
        BOOST_TEST_REQUIRE(found.size() == 1U, entry);
        BOOST_TEST(found.front().find(wanted) != std::string::npos, found.front());
    }
}

BOOST_AUTO_TEST_SUITE_END()
