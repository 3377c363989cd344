#include "core/objects/object_request.hpp"

#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>

#include <fstream>
#include <sstream>

namespace {

using namespace sluice::core;
namespace json = boost::json;

// Made by an independent signer in Python, which agrees with botocore.
json::value vectors() {
    std::ifstream file(SLUICE_TEST_DATA "/vectors/object_requests.json", std::ios::binary);
    std::stringstream text;
    text << file.rdbuf();
    return json::parse(text.str());
}

std::string text_at(const json::value& from, const char* name) {
    const auto& value = from.at(name);
    return value.is_null() ? "" : json::value_to<std::string>(value);
}

std::chrono::sys_seconds time_of(const std::string& stamp) {
    const auto number = [&](int from, int size) { return std::stoi(stamp.substr(from, size)); };
    using namespace std::chrono;
    return sys_days(year(number(0, 4)) / number(4, 2) / number(6, 2)) + hours(number(9, 2)) +
           minutes(number(11, 2)) + seconds(number(13, 2));
}

std::string value_of(const object_fields& fields, std::string_view name) {
    for (const auto& [each, value] : fields) {
        if (each == name) {
            return value;
        }
    }
    return {};
}

} // namespace

BOOST_AUTO_TEST_SUITE(object_request_suite)

BOOST_AUTO_TEST_CASE(signs_like_an_independent_signer) {
    const auto all = vectors();
    BOOST_TEST(all.as_array().size() >= 6U);
    for (const auto& one : all.as_array()) {
        BOOST_TEST_CONTEXT(text_at(one, "name")) {
            const auto path = object_path(text_at(one, "bucket"), text_at(one, "key"));
            BOOST_TEST(path == text_at(one, "path"));
            std::vector<std::pair<std::string, std::string>> parameters;
            for (const auto& pair : one.at("params").as_array()) {
                parameters.emplace_back(json::value_to<std::string>(pair.at(0)),
                                        json::value_to<std::string>(pair.at(1)));
            }
            const auto query = object_query(parameters);
            BOOST_TEST(query == text_at(one, "query"));
            const auto method = text_at(one, "method");
            const auto host = text_at(one, "host");
            const auto region = text_at(one, "region");
            const auto stamp = text_at(one, "amz_date");
            object_credentials by;
            by.access_key_id = text_at(one, "access_key");
            by.secret_access_key = sluice::crypto::secret(text_at(one, "secret_key"));
            by.session_token = text_at(one, "token");
            const auto fields = sign_object_request({.method = method,
                                                     .host = host,
                                                     .path = path,
                                                     .query = query,
                                                     .region = region,
                                                     .time = time_of(stamp)},
                                                    by);
            BOOST_TEST(value_of(fields, "Authorization") == text_at(one, "authorization"));
            BOOST_TEST(value_of(fields, "X-Amz-Date") == stamp);
            BOOST_TEST(value_of(fields, "X-Amz-Security-Token") == by.session_token);
        }
    }
}

BOOST_AUTO_TEST_CASE(encodes_each_byte_of_a_key_once) {
    BOOST_TEST(object_path("b", "a b+c%41/\xC3\xA9") == "/b/a%20b%2Bc%2541/%C3%A9");
    BOOST_TEST(object_path("b", "") == "/b/");
    BOOST_TEST(object_path("", "//x") == "///x");
    BOOST_TEST(object_path("b", "~-._(') *") == "/b/~-._%28%27%29%20%2A");
}

BOOST_AUTO_TEST_CASE(sorts_parameters_by_their_encoded_names) {
    BOOST_TEST(object_query({{"prefix", "a/"}, {"delimiter", "/"}}) == "delimiter=%2F&prefix=a%2F");
    BOOST_TEST(object_query({}).empty());
}

BOOST_AUTO_TEST_SUITE_END()
