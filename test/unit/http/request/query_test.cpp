#include "http/handlers/mint_request.hpp"
#include "http/request/query.hpp"

#include <boost/test/unit_test.hpp>

#include <vector>

using namespace sluice::http;
using sluice::core::errc;
using sluice::core::failure;

namespace {

const std::string lesson = "type=lesson&user_id=t&rel=t/c/m/l&filename=v.mp4";

sluice::core::result<mint_request> read(const std::string& text) {
    const auto query = query_parameters::parse(text);
    BOOST_REQUIRE(query);
    return read_mint_request(*query);
}

} // namespace

BOOST_AUTO_TEST_SUITE(query)

BOOST_AUTO_TEST_CASE(names_and_values_are_decoded) {
    const auto query = query_parameters::parse("a=1+2%2B3&b&=x&&c=%3D");
    BOOST_REQUIRE(query);
    BOOST_TEST(**query->get("a") == "1 2+3");
    BOOST_TEST((*query->get("b"))->empty());
    BOOST_TEST(**query->get("c") == "=");
    BOOST_TEST(!*query->get("d"));
}

BOOST_AUTO_TEST_CASE(bad_escapes_and_floods_are_refused) {
    for (const auto* bad : {"a=%", "a=%2", "a=%zz", "%=1"}) {
        BOOST_TEST(!query_parameters::parse(bad));
    }
    std::string flood;
    for (std::size_t i = 0; i <= max_query_parameters; ++i) {
        flood += "a=1&";
    }
    BOOST_TEST(!query_parameters::parse(flood));
}

BOOST_AUTO_TEST_CASE(a_lesson_is_read) {
    const auto text = lesson + "&ttl=60&unknown=1&filename[]=a";
    const auto query = query_parameters::parse(text);
    const auto wanted = read_mint_request(*query);
    BOOST_REQUIRE(wanted);
    BOOST_TEST(wanted->media.lesson_id() == "l");
    BOOST_TEST(wanted->media.filename() == "v.mp4");
    BOOST_TEST(wanted->user_id == "t");
    BOOST_TEST(wanted->ttl->count() == 60);
    BOOST_TEST(count_unknown(*query) == 2U);
}

struct refused {
    std::string text;
    failure why;
};

BOOST_AUTO_TEST_CASE(what_is_refused_names_the_parameter) {
    const std::vector<refused> cases{
        {"", {errc::parameter_missing, "type"}},
        {"type=", {errc::parameter_missing, "type"}},
        {"type=Lesson&filename=a", {errc::parameter_invalid, "type"}},
        {"type=lesson&user_id=t&rel=t/c/m/l", {errc::parameter_missing, "filename"}},
        {"type=lesson&user_id=t&filename=v", {errc::parameter_missing, "rel"}},
        {"type=lesson&rel=t/c/m/l&filename=v", {errc::parameter_missing, "user_id"}},
        {"type=course&user_id=t&filename=v", {errc::parameter_missing, "course_id"}},
        {"type=module&user_id=t&filename=v&course_id=c", {errc::parameter_missing, "module_id"}},
        {lesson + "&course_id=1", {errc::parameter_not_applicable, "course_id"}},
        {"type=course&user_id=t&filename=v&course_id=c&rel=a",
         {errc::parameter_not_applicable, "rel"}},
        {lesson + "&filename=b", {errc::parameter_repeated, "filename"}},
        {lesson + "&fil%65name=b", {errc::parameter_repeated, "filename"}},
        {lesson + "&user_id=2", {errc::parameter_repeated, "user_id"}},
        {lesson + "&ttl=1&ttl=2", {errc::parameter_repeated, "ttl"}},
        {lesson + "&ttl=1;ttl=2", {errc::parameter_invalid, "ttl"}},
        {"type=lesson&user_id=..&rel=t/c/m/l&filename=v", {errc::parameter_invalid, "user_id"}},
        {"type=lesson&user_id=t&rel=/abs&filename=v", {errc::parameter_invalid, "rel"}},
        {"type=lesson&user_id=t&rel=../c/m/l&filename=v", {errc::parameter_invalid, "rel"}},
        {"type=lesson&user_id=t&rel=t//m/l&filename=v", {errc::parameter_invalid, "rel"}},
        {"type=lesson&user_id=t&rel=t/c/m/l&filename=a/b", {errc::parameter_invalid, "filename"}},
        {"type=course&user_id=t&course_id=a%2Fb&filename=c",
         {errc::parameter_invalid, "course_id"}},
    };
    for (const auto& one : cases) {
        BOOST_TEST_CONTEXT(one.text) {
            const auto got = read(one.text);
            BOOST_REQUIRE(!got);
            BOOST_TEST(name_of(got.error().code) == name_of(one.why.code));
            BOOST_TEST(got.error().subject == one.why.subject);
        }
    }
}

BOOST_AUTO_TEST_CASE(ttl_row_32) {
    for (const std::string bad :
         {"", "-1", "0", "900.5", "1e9", "0x10", "%2B900", "%20900", "900%20",
          "9223372036854775807", "99999999999999999999", "%D9%A9%D9%A0%D9%A0", "0900"}) {
        BOOST_TEST_CONTEXT(bad) {
            const auto got = read(lesson + "&ttl=" + bad);
            BOOST_REQUIRE(!got);
            BOOST_TEST(got.error().subject == "ttl");
        }
    }
    BOOST_TEST(read(lesson + "&ttl=9999999999")->ttl->count() == 9999999999);
}

BOOST_AUTO_TEST_SUITE_END()
