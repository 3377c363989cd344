#include "http/handlers/mint_audit.hpp"

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <string>
#include <string_view>

using namespace sluice;
using namespace std::chrono_literals;

namespace {

http::mint_request lesson() {
    return {.media = *core::media_id::lesson("t", "c", "m", "l", "a \"b\".mp4"),
            .user_id = "anna",
            .ttl = 30s,
            .resume = {}};
}

std::string line_of(const http::audit_entry& entry) {
    std::string line;
    http::append_audit_line(entry, line);
    return line;
}

} // namespace

BOOST_AUTO_TEST_SUITE(mint_audit)

BOOST_AUTO_TEST_CASE(an_issue_has_all_of_it) {
    const auto wanted = lesson();
    BOOST_TEST(line_of({.time = std::chrono::system_clock::time_point(1'700'000'000s),
                        .request_id = "r1",
                        .peer = "192.0.2.7",
                        .by = "key:lms",
                        .wanted = &wanted,
                        .jti = "j1",
                        .ttl = 60s}) ==
               R"({"time":"2023-11-14T22:13:20.000Z","event":"mint","request_id":"r1",)"
               R"("peer":"192.0.2.7","by":"key:lms","outcome":"issued","user_id":"anna",)"
               R"("type":"lesson","trainer_id":"t","course_id":"c","module_id":"m",)"
               R"("lesson_id":"l","filename":"a \"b\".mp4","ttl":60,"jti":"j1"})"
               "\n");
}

BOOST_AUTO_TEST_CASE(the_trace_of_a_trusted_proxy_is_named) {
    http::request_note note;
    note.restart({});
    BOOST_TEST(line_of({.note = &note}).find("trace_id") == std::string::npos);
    note.keep_trace(
        http::trace_parent::parse("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01")
            .value(),
        "0123456789abcdef");
    BOOST_TEST(line_of({.note = &note, .jti = "j1"})
                   .ends_with(R"("jti":"j1","trace_id":"4bf92f3577b34da6a3ce929d0e0e4736",)"
                              R"("span_id":"0123456789abcdef","parent_span_id":"00f067aa0ba902b7"})"
                              "\n"));
}

BOOST_AUTO_TEST_CASE(a_refusal_has_what_was_known) {
    const auto stranger = boost::json::parse(
        line_of({.request_id = "r2", .peer = "192.0.2.7", .cause = "issuer_key_invalid"}));
    BOOST_TEST(stranger.at("outcome").as_string() == "refused");
    BOOST_TEST(stranger.at("cause").as_string() == "issuer_key_invalid");
    for (const auto* absent : {"by", "check", "user_id", "type", "filename", "ttl", "jti"}) {
        BOOST_TEST(!stranger.as_object().contains(absent), absent);
    }
    const auto wanted = lesson();
    const auto known = boost::json::parse(line_of(
        {.by = "user:bert", .wanted = &wanted, .cause = "session_mismatch", .check = "user_id"}));
    BOOST_TEST(known.at("by").as_string() == "user:bert");
    BOOST_TEST(known.at("check").as_string() == "user_id");
    BOOST_TEST(known.at("user_id").as_string() == "anna");
    BOOST_TEST(!known.as_object().contains("ttl"));
}

// A user name must not forge the line: a quote does not end the text, and a line feed does not end
// the line.
BOOST_AUTO_TEST_CASE(a_name_adds_no_field) {
    const std::string hostile = "anna\",\"outcome\":\"issued\",\"x\":\"\\";
    auto wanted = lesson();
    wanted.user_id = hostile;
    const auto line = line_of({.request_id = hostile,
                               .peer = hostile,
                               .by = hostile,
                               .wanted = &wanted,
                               .cause = "not_entitled",
                               .jti = hostile});
    BOOST_TEST(std::ranges::count(line, '\n') == 1);
    const auto read = boost::json::parse(line);
    for (const auto* name : {"user_id", "by", "request_id", "peer", "jti"}) {
        BOOST_TEST(std::string_view(read.at(name).as_string()) == hostile, name);
    }
    BOOST_TEST(read.at("outcome").as_string() == "refused");
    BOOST_TEST(!read.as_object().contains("x"));
}

BOOST_AUTO_TEST_CASE(media_without_some_ids) {
    const http::mint_request course{
        .media = *core::media_id::course("c", "p.mp4"), .user_id = "u", .ttl = {}, .resume = {}};
    const auto line = boost::json::parse(line_of({.wanted = &course}));
    BOOST_TEST(line.at("type").as_string() == "course");
    BOOST_TEST(line.at("course_id").as_string() == "c");
    for (const auto* absent : {"trainer_id", "module_id", "lesson_id"}) {
        BOOST_TEST(!line.as_object().contains(absent), absent);
    }
}

BOOST_AUTO_TEST_SUITE_END()
