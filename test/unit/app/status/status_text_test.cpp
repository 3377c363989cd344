#include "app/status/status_text.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <boost/test/unit_test.hpp>

namespace app = sluice::app;
namespace json = boost::json;

namespace {

json::object state_of(const char* text) {
    return json::parse(text).as_object();
}

bool has(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

constexpr const char* busy = R"({
    "version": "1.2.3", "state": "serving", "pid": 7, "threads": 2, "silent_threads": 1, "uptime_s": 90061,
    "connections": {"open": 3, "limit": 100, "states": {"idle": 2, "reading": 0, "writing": 1}},
    "limits_reached": {"stall_timeout": 4},
    "signing_keys": {"random": false, "file_age_s": 7300, "keys": [
        {"kid": "new", "state": "waits", "not_before": "2030-01-01T00:00:00Z", "not_after": null}]},
    "issuer_keys": [{"name": "lms", "state": "valid", "age_s": 259200, "not_after": null},
                    {"name": "old", "state": "retired", "age_s": null, "not_after": "2030-01-01T00:00:00Z"}],
    "store": {"followed": false, "lag_s": 75.5, "revocations": 9},
    "storage": [{"device": "8:1", "mount": "/srv", "type": "ext4", "away": true, "threads": 16,
                 "reading": 2, "opening": 1, "waiting": 5}],
    "object_stores": [
        {"name": "archive", "endpoint": "https://s3.example", "bucket": "videos", "ready": false,
         "last_outcome": "forbidden", "last_problem": {"outcome": "forbidden", "code": "AccessDenied", "age_s": 61},
         "credentials_end": "2030-01-01T00:00:00Z"},
        {"name": "calm", "endpoint": "http://[::1]:7480", "bucket": "vod", "ready": true, "last_outcome": "done",
         "last_problem": null, "credentials_end": null}],
    "reloads": [{"time": "2030-01-01T00:00:00Z", "what": "keys", "result": "refused", "detail": "why"}],
    "transfers": [
        {"request_id": "r1", "user": "0123456789abcdef", "file": "a/b.mp4", "bytes": 3145728, "percent": 30,
         "rate": 1024, "age_s": 61, "waits_for": "writing"},
        {"request_id": "r2", "file": "c.mp4", "bytes": 10, "percent": 1, "rate": 5, "age_s": 2,
         "waits_for": "throttled"}],
    "transfers_more": 4})";

} // namespace

BOOST_AUTO_TEST_SUITE(status_text)

BOOST_AUTO_TEST_CASE(everything_is_named) {
    const auto text = app::status_text(state_of(busy), 10);
    for (const auto* const part :
         {"Sluice 1.2.3, serving for 1 d 1 h (process 7, threads 2)\n",
          "1 of them did not answer within a second", "Connections  3 of 100: 2 idle, 1 writing\n",
          "Limits       stall_timeout 4 in the last",
          "Keys         new waits from 2030-01-01T00:00:00Z, file of 2 h 1 min ago\n",
          "Issuer keys  lms valid, made 3 d 0 h ago\n             old retired until "
          "2030-01-01T00:00:00Z\n",
          "Store        NOT FOLLOWED, answered 1 min ago, 9 revocations\n",
          "Storage      8:1 /srv (ext4): AWAY, 2 of 16 threads read, 1 open, 5 requests wait\n",
          "Objects      archive, bucket videos at https://s3.example: NOT READY, last outcome "
          "forbidden, last problem forbidden (AccessDenied) 1 min ago, credentials until "
          "2030-01-01T00:00:00Z\n             calm, bucket vod at http://[::1]:7480: ready, last "
          "outcome done\n",
          "Reloads      2030-01-01T00:00:00Z keys refused: why\n", "Transfers    6\n",
          "        1 min   30 %    1.0 KiB/s      3.0 MiB    writing  0123456789abcdef  a/b.mp4\n",
          "  and 4 younger ones\n"}) {
        BOOST_TEST(has(text, part), text << " has no: " << part);
    }
}

BOOST_AUTO_TEST_CASE(what_needs_a_look_is_in_colour_on_a_terminal) {
    const auto state = state_of(busy);
    auto text = app::status_text(state, 10, app::ink(true));
    for (const auto* const part :
         {"\x1b[1;31m1 of them did not answer within a second\x1b[0m",
          "\x1b[1;33mstall_timeout 4\x1b[0m", "\x1b[1;31mNOT FOLLOWED\x1b[0m",
          "\x1b[1;31mAWAY\x1b[0m", "\x1b[1;31mNOT READY\x1b[0m", "\x1b[1;33mrefused\x1b[0m"}) {
        BOOST_TEST(has(text, part), text << " has no: " << part);
    }
    for (auto at = text.find('\x1b'); at != std::string::npos; at = text.find('\x1b')) {
        text.erase(at, text.find('m', at) + 1 - at);
    }
    BOOST_TEST(text == app::status_text(state, 10)); // nothing else differs
    const auto calm = app::status_text(
        state_of(R"({"state": "serving", "store": {"followed": true}})"), 10, app::ink(true));
    BOOST_TEST(!has(calm, "\x1b"), calm);
    BOOST_TEST(has(app::top_text(state_of(R"({"state": "draining"})"), {}, 10, app::ink(true)),
                   "\x1b[1;33mdraining\x1b[0m"));
}

BOOST_AUTO_TEST_CASE(an_answer_of_another_version_is_shown_as_far_as_it_is_known) {
    for (const auto* const text : {"{}", R"({"transfers": 3, "connections": [], "version": 1})",
                                   R"({"transfers": [1, {"age_s": -1, "bytes": "x"}]})"}) {
        BOOST_TEST(!app::status_text(state_of(text), 10).empty());
        BOOST_TEST(!app::top_text(state_of(text), {}, 10).empty());
    }
}

BOOST_AUTO_TEST_CASE(top_shows_the_rate_since_the_last_look) {
    const auto state = state_of(busy);
    const auto text = app::top_text(state, {.sent = {{"r1", 1048576}}, .seconds = 2}, 10);
    BOOST_TEST(has(text, "1.0 MiB/s"), text);
    BOOST_TEST(has(text, "5 B/s"), text); // not seen before: the average
    BOOST_TEST(has(text, "/srv is AWAY"), text);
    BOOST_TEST(has(text, "archive is NOT READY"), text);
    BOOST_TEST(!has(text, "calm"), text);
    BOOST_TEST(app::sent_bytes_of(state).at("r2") == 10U);
}

BOOST_AUTO_TEST_CASE(the_rows_are_limited) {
    const auto text = app::top_text(state_of(busy), {}, 1);
    BOOST_TEST(has(text, "a/b.mp4"));
    BOOST_TEST(!has(text, "c.mp4"));
    BOOST_TEST(has(text, "  and 5 younger ones\n"), text);
}

BOOST_AUTO_TEST_CASE(a_name_cannot_control_the_terminal) {
    const auto text = app::status_text(
        state_of(R"({"transfers": [{"file": "a\u001b[2Jb\u202e", "age_s": 1}]})"), 10);
    BOOST_TEST(!has(text, "\x1b"));
    BOOST_TEST(!has(text, "\u202e"));
    BOOST_TEST(has(text, "a?[2Jb"));
}

BOOST_AUTO_TEST_CASE(sizes_and_ages) {
    BOOST_TEST(app::bytes_text(0) == "0 B");
    BOOST_TEST(app::bytes_text(1023) == "1023 B");
    BOOST_TEST(app::bytes_text(1536) == "1.5 KiB");
    BOOST_TEST(app::bytes_text(5e15) == "4547.5 TiB");
    BOOST_TEST(app::age_text(0.4) == "0 s");
    BOOST_TEST(app::age_text(59) == "59 s");
    BOOST_TEST(app::age_text(60) == "1 min");
    BOOST_TEST(app::age_text(7500) == "2 h 5 min");
    BOOST_TEST(app::age_text(86400) == "1 d 0 h");
}

BOOST_AUTO_TEST_SUITE_END()
