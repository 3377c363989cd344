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

origin_settings directory(std::string name = "fast") {
    origin_settings one;
    one.root = "/srv/" + name;
    one.name = std::move(name);
    return one;
}

std::string objection_to(std::vector<origin_settings> all) {
    config settings;
    settings.media.origins = std::move(all);
    std::vector<operator_problem> problems;
    check_origins(settings, problems);
    return problems.empty() ? "" : problems.front().where + ": " + problems.front().what;
}

std::string objection_to(const origin_settings& one) {
    return objection_to(std::vector{one});
}

} // namespace

BOOST_AUTO_TEST_SUITE(config_origins_suite)

BOOST_AUTO_TEST_CASE(reads_the_fields_of_an_origin) {
    const auto all = read(R"([{"name": "archive", "s3": {"endpoint": "https://s3.example:8443",
        "region": "eu-west-3", "bucket": "videos", "prefix": "media/", "addressing": "host",
        "credentials_file": "/c", "ca_file": "/ca", "hides_missing": true, "buffer": 8192,
        "release_after": 5, "connect_timeout": 2, "first_byte_timeout": 30,
        "stall_timeout": 60}}])");
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
    BOOST_TEST(one.connect_timeout == 2U);
    BOOST_TEST(one.first_byte_timeout == 30U);
    BOOST_TEST(one.stall_timeout == 60U);
    BOOST_TEST((read(boost::json::serialize(origins_to_json(all))) == all));
}

BOOST_AUTO_TEST_CASE(reads_a_directory_beside_a_store) {
    const auto all = read(R"([
        {"name": "fast", "root": "/srv/media", "layout": {"course": "{course_id}/{filename}"}},
        {"name": "archive", "trainers": ["acme-*", "zed"], "s3": {"endpoint": "https://s3.example",
         "bucket": "videos"}}])");
    BOOST_REQUIRE(all.size() == 2U);
    BOOST_TEST(all[0].root == "/srv/media");
    BOOST_TEST(all[0].layout_course == "{course_id}/{filename}");
    BOOST_TEST(all[0].layout_lesson.empty());
    BOOST_TEST(all[0].trainers == std::vector<std::string>{"*"});
    BOOST_TEST(all[1].trainers == (std::vector<std::string>{"acme-*", "zed"}));
    BOOST_TEST(all[1].root.empty());
    const auto text = boost::json::serialize(origins_to_json(all));
    BOOST_TEST((read(text) == all));
    BOOST_TEST(text.starts_with(
        R"([{"name":"fast","root":"/srv/media","layout":{"course":"{course_id}/{filename}"}},)"));
    BOOST_TEST(objection_to(all) == "");
}

BOOST_AUTO_TEST_CASE(there_is_a_limit) {
    std::string list = "[{}";
    for (std::size_t i = 1; i < max_origins; ++i) {
        list += ", {}";
    }
    BOOST_TEST(read(list + "]").size() == max_origins);
    BOOST_TEST(fault_of(list + ", {}]") == ": must be a list of at most 16 objects, the origins");
    BOOST_TEST(fault_of("{}") == ": must be a list of at most 16 objects, the origins");
}

BOOST_AUTO_TEST_CASE(an_origin_is_a_directory_or_a_store) {
    BOOST_TEST(objection_to(directory()) == "");
    BOOST_TEST(objection_to(origin_settings{}) ==
               "media.origins[0]: needs root or s3: a directory, or an object store");
    auto both = good();
    both.root = "/srv/media";
    BOOST_TEST(objection_to(both) == "media.origins[0]: has root and s3: make two origins of them");
}

BOOST_AUTO_TEST_CASE(names_are_unique) {
    BOOST_TEST(objection_to({directory("a"), directory("b")}) == "");
    auto again = directory("c");
    again.name = "a";
    BOOST_TEST(objection_to({directory("a"), directory("b"), again})
                   .starts_with("media.origins[2].name: must differ from that of "
                                "media.origins[0]"));
}

BOOST_AUTO_TEST_CASE(two_origins_do_not_share_a_place) {
    const auto objection = [](std::string one, std::string other) {
        auto first = directory("a");
        auto second = directory("b");
        first.root = std::move(one);
        second.root = std::move(other);
        return objection_to({first, second});
    };
    BOOST_TEST(objection("/srv/media", "/srv/media2") == "");
    const std::string shares = "media.origins[1]: shares its place with media.origins[0]: an id "
                               "in a path of one could be a folder of the other";
    BOOST_TEST(objection("/srv/media", "/srv/media/") == shares);
    BOOST_TEST(objection("/srv/media", "/srv/media/old") == shares);
    BOOST_TEST(objection("/srv//x/../media/old", "/srv/media") == shares);
    auto first = good();
    auto second = good();
    second.name = "other";
    BOOST_TEST(objection_to({first, second}) == shares);
    second.prefix = "old/";
    BOOST_TEST(objection_to({first, second}) == shares);
    first.prefix = "new/";
    BOOST_TEST(objection_to({first, second}) == "");
    second.prefix = first.prefix;
    second.bucket = "others";
    BOOST_TEST(objection_to({first, second}) == "");
    second.bucket = first.bucket;
    for (const auto* spelling :
         {"https://s3.example/", "https://S3.example", "https://s3.example:443"}) {
        second.endpoint = spelling; // of the same store
        BOOST_TEST(objection_to({first, second}) == shares, spelling);
    }
    second.endpoint = "https://s3.example:8443";
    BOOST_TEST(objection_to({first, second}) == "");
}

BOOST_AUTO_TEST_CASE(trainers_are_named) {
    const auto with = [](std::vector<std::string> trainers) {
        auto one = directory();
        one.trainers = std::move(trainers);
        return objection_to(one);
    };
    BOOST_TEST(with({"acme-*"}) == "");
    BOOST_TEST(with({"**"}) == "");
    BOOST_TEST(with({}).starts_with("media.origins[0].trainers: must name a trainer"));
    BOOST_TEST(with({"a", ""}).starts_with("media.origins[0].trainers: must name a trainer"));
    BOOST_TEST(fault_of(R"([{"trainers": "acme"}])").starts_with("[0].trainers: must be a list"));
}

BOOST_AUTO_TEST_CASE(all_origins_have_their_layouts) {
    config::media_section media;
    BOOST_TEST(all_origins(media).empty());
    media.root = "/srv";
    media.layout_course = "courses/{course_id}/{filename}";
    auto all = all_origins(media);
    BOOST_REQUIRE(all.size() == 1U);
    BOOST_TEST(all[0].root == "/srv");
    BOOST_TEST(all[0].layout_course == media.layout_course);
    BOOST_TEST(origin_place(media, 0) + ".root" == "media.root");
    media.root.clear();
    media.origins = {directory("a"), directory("b")};
    media.origins[1].layout_course = "other/{course_id}/{filename}";
    all = all_origins(media);
    BOOST_TEST(all[0].layout_course == media.layout_course);
    BOOST_TEST(all[1].layout_course == "other/{course_id}/{filename}");
    BOOST_TEST(all[1].layout_lesson == media.layout_lesson);
    BOOST_TEST(origin_place(media, 1) == "media.origins[1]");
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
