#include "core/config/config_origins.hpp"

#include <boost/json/serialize.hpp>
#include <boost/test/unit_test.hpp>

namespace {

using namespace sluice::core;

std::vector<origin_settings> read(std::string_view text) {
    std::vector<operator_problem> problems;
    auto origins = read_origins(text, problems);
    for (const auto& one : problems) {
        BOOST_ERROR(one.where + ": " + one.what);
    }
    return origins;
}

std::string fault_of(std::string_view text) {
    std::vector<operator_problem> problems;
    (void)read_origins(text, problems);
    return problems.size() == 1 ? problems.front().where + ": " + problems.front().what : "";
}

origin_settings good() {
    origin_settings one;
    one.endpoint = "https://s3.example";
    one.bucket = "videos";
    return one;
}

std::string objection_to(const origin_settings& one) {
    config settings;
    settings.media.origins = {one};
    std::vector<operator_problem> problems;
    check_origins(settings, problems);
    return problems.empty() ? "" : problems.front().where + ": " + problems.front().what;
}

} // namespace

BOOST_AUTO_TEST_SUITE(config_origins_suite)

BOOST_AUTO_TEST_CASE(reads_the_fields_of_an_origin) {
    const auto all = read(R"([{"name": "archive", "s3": {"endpoint": "https://s3.example:8443",
        "region": "eu-west-3", "bucket": "videos", "prefix": "media/", "addressing": "host",
        "credentials_file": "/c", "ca_file": "/ca", "hides_missing": true, "buffer": 8192,
        "release_after": 5}}])");
    BOOST_REQUIRE(all.size() == 1U);
    const auto& one = all.front();
    BOOST_TEST(one.name == "archive");
    BOOST_TEST(one.endpoint == "https://s3.example:8443");
    BOOST_TEST(one.region == "eu-west-3");
    BOOST_TEST(one.bucket == "videos");
    BOOST_TEST(one.prefix == "media/");
    BOOST_TEST((one.addressing == bucket_addressing::host));
    BOOST_TEST(one.credentials_file == "/c");
    BOOST_TEST(one.ca_file == "/ca");
    BOOST_TEST(one.hides_missing);
    BOOST_TEST(one.buffer == 8192U);
    BOOST_TEST(one.release_after == 5U);
    BOOST_TEST((read(boost::json::serialize(origins_to_json(all))) == all));
}

BOOST_AUTO_TEST_CASE(what_is_not_supported_is_said) {
    BOOST_TEST(fault_of("[{}, {}]").find("several are not supported yet") != std::string::npos);
    BOOST_TEST(fault_of(R"([{"root": "/srv"}])").find("media.root") != std::string::npos);
    BOOST_TEST(fault_of(R"([{"layout": {}}])").find("not supported") != std::string::npos);
    BOOST_TEST(fault_of(R"([{"trainers": ["a*"]}])").find("not supported") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(names_the_place_of_a_fault) {
    BOOST_TEST(fault_of(R"([{"s3": {"buckte": "x"}}])") ==
               "[0].s3.buckte: no such field of an origin, did you mean s3.bucket?");
    BOOST_TEST(fault_of(R"([{"s3": 7}])") == "[0].s3: must be an object");
    BOOST_TEST(fault_of(R"([{"s3": {"buffer": 1}}])") ==
               "[0].s3.buffer: must be a whole number, 4096 to 1048576");
    BOOST_TEST(fault_of(R"([{"s3": {"secret_access_key": "hush"}}])") ==
               "[0].s3.secret_access_key: a secret does not belong in the configuration: use "
               "s3.credentials_file");
}

BOOST_AUTO_TEST_CASE(checks_the_values) {
    BOOST_TEST(objection_to(good()) == "");
    const auto with = [](auto change) {
        auto one = good();
        change(one);
        return objection_to(one);
    };
    BOOST_TEST(with([](auto& one) {
                   one.endpoint.clear();
               }).starts_with("media.origins[0].s3.endpoint: is required"));
    BOOST_TEST(with([](auto& one) { one.endpoint = "https://s3.example/x"; }) != "");
    BOOST_TEST(with([](auto& one) {
                   one.endpoint = "https://user:hush@s3.example";
               }).find("hush") == std::string::npos);
    for (const auto* name : {"", "ab", "a/b", "a b", ".ab",
                             "b\xC3\xBC"
                             "cket"}) {
        BOOST_TEST(with([&](auto& one) { one.bucket = name; }) != "", name);
    }
    for (const auto* prefix : {"/", "/media/", "media"}) {
        BOOST_TEST(with([&](auto& one) { one.prefix = prefix; }) != "", prefix);
    }
    BOOST_TEST(with([](auto& one) { one.prefix = "a b/\xC3\xA9/"; }) == "");
    BOOST_TEST(with([](auto& one) { one.region = "eu west"; }) != "");
    BOOST_TEST(with([](auto& one) { one.name = ""; }) != "");
    BOOST_TEST(with([](auto& one) {
                   one.addressing = bucket_addressing::host;
                   one.bucket = "a.b";
               }) != "");
    BOOST_TEST(with([](auto& one) {
                   one.addressing = bucket_addressing::host;
                   one.endpoint = "http://127.0.0.1:9000";
               }) != "");
}

BOOST_AUTO_TEST_CASE(http_is_for_this_machine_unless_the_operator_says_otherwise) {
    auto one = good();
    for (const auto* local : {"http://127.0.0.1:9000", "http://[::1]:9000", "http://localhost"}) {
        one.endpoint = local;
        BOOST_TEST(objection_to(one) == "", local);
    }
    one.endpoint = "http://store.example";
    BOOST_TEST(objection_to(one).find("must begin with https://") != std::string::npos);
    one.plain_http = true;
    BOOST_TEST(objection_to(one) == "");
    one.ca_file = "/etc/ca.pem";
    BOOST_TEST(objection_to(one).find("where ca_file is set") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_directory_and_an_origin_exclude_each_other) {
    config settings;
    settings.media.root = "/srv/media";
    settings.media.origins = {good()};
    std::vector<operator_problem> problems;
    check_origins(settings, problems);
    BOOST_REQUIRE(problems.size() == 1U);
    BOOST_TEST(problems.front().where == "media.origins");
}

BOOST_AUTO_TEST_SUITE_END()
