#include "http/exchange/access_log.hpp"

#include <boost/test/unit_test.hpp>

#include <cstddef>
#include <memory>
#include <string>

using namespace sluice;
using namespace sluice::http;
using namespace std::chrono_literals;

namespace {

constexpr std::chrono::system_clock::time_point some_time{1'704'164'645'678ms};

exchange_record some_record() {
    exchange_record record;
    record.route = route_label::download;
    record.method = "GET";
    record.jti = "a b\"c";
    record.user_id = "trainer123";
    record.slice = {.first = 10, .length = 90};
    record.slices = 1;
    return record;
}

std::string line_of(const exchange_record& record, const log_policy& policy) {
    const finished_response over{.route = record.route,
                                 .status = 206,
                                 .bytes = 400,
                                 .to_first_byte = 25us,
                                 .to_end = 1500us};
    std::string out;
    core::pseudonym_cache seen;
    append_access_line({.time = some_time,
                        .request_id = "r1",
                        .peer = "192.0.2.1",
                        .over = over,
                        .how = outcome::cut,
                        .record = record},
                       policy, seen, out);
    return out;
}

} // namespace

BOOST_AUTO_TEST_SUITE(access_lines)

BOOST_AUTO_TEST_CASE(json) {
    BOOST_TEST(line_of(some_record(), {.user = core::logged_user::plain}) ==
               R"({"time":"2024-01-02T03:04:05.678Z","request_id":"r1","peer":"192.0.2.1",)"
               R"("method":"GET","route":"download","status":206,"bytes":400,"range":"10-99",)"
               R"("duration_us":1500,"first_byte_us":25,"outcome":"cut","jti":"a b\"c",)"
               R"("user":"trainer123"})"
               "\n");
}

BOOST_AUTO_TEST_CASE(logfmt_quotes_what_it_must) {
    BOOST_TEST(
        line_of(some_record(),
                {.format = core::log_format::logfmt, .user = core::logged_user::plain}) ==
        "time=2024-01-02T03:04:05.678Z request_id=r1 peer=192.0.2.1 method=GET route=download "
        "status=206 bytes=400 range=10-99 duration_us=1500 first_byte_us=25 outcome=cut "
        "jti=\"a b\\\"c\" user=trainer123\n");
}

BOOST_AUTO_TEST_CASE(the_user_is_as_the_operator_says) {
    const core::pseudonyms names(
        crypto::hmac_key::make("0123456789abcdef0123456789abcdef").value());
    const auto hashed = line_of(some_record(), {.user = core::logged_user::hash, .names = &names});
    BOOST_TEST(hashed.find("trainer123") == std::string::npos);
    const auto name = names.of("trainer123");
    BOOST_TEST(hashed.find("\"user\":\"" + std::string(name.data(), name.size()) + "\"") !=
               std::string::npos);
    BOOST_TEST(line_of(some_record(), {}).find("\"user\"") == std::string::npos);
    auto nobody = some_record();
    nobody.user_id.clear();
    BOOST_TEST(line_of(nobody, {.user = core::logged_user::plain}).find("\"user\"") ==
               std::string::npos);
}

BOOST_AUTO_TEST_CASE(parts_are_counted_and_a_whole_file_has_no_range) {
    auto record = some_record();
    record.slices = 3;
    BOOST_TEST(line_of(record, {}).find("\"parts\":3") != std::string::npos);
    record.slices = 0;
    const auto whole = line_of(record, {});
    BOOST_TEST(whole.find("range") == std::string::npos);
    BOOST_TEST(whole.find("parts") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_download_is_named) {
    const auto chosen = core::access_fields_of({"default", "trainer_id"});
    auto record = some_record();
    record.note.restart(chosen);
    const auto media = core::media_id::lesson("t1", "c1", "m1", "l1", "a \"b\".mp4").value();
    record.note.keep_media(media, media.trainer_id());
    record.note.keep_user_agent("curl/7 \\ \"x\"");
    const auto line = line_of(record, {.user = core::logged_user::plain, .fields = chosen});
    BOOST_TEST(line.find(R"("route":"download","type":"lesson","trainer_id":"t1",)"
                         R"("course_id":"c1","module_id":"m1","lesson_id":"l1",)"
                         R"("filename":"a \"b\".mp4","status":206,)") != std::string::npos);
    BOOST_TEST(line.ends_with(R"("user":"trainer123","user_agent":"curl/7 \\ \"x\""})"
                              "\n"));
    // Without the setting the trainer is left out, even if the request has kept him.
    BOOST_TEST(line_of(record, {}).find("t1") == std::string::npos);
    const auto logfmt = line_of(record, {.format = core::log_format::logfmt, .fields = chosen});
    BOOST_TEST(logfmt.find(R"(type=lesson trainer_id=t1 course_id=c1 module_id=m1 lesson_id=l1 )"
                           R"(filename="a \"b\".mp4" status=206)") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_trace_is_at_the_end_of_the_line) {
    auto record = some_record();
    record.note.restart(core::access_fields::standard());
    record.note.keep_trace(
        trace_parent::parse("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01").value(),
        "0123456789abcdef");
    BOOST_TEST(
        line_of(record, {})
            .ends_with(
                R"("jti":"a b\"c","trace_id":"4bf92f3577b34da6a3ce929d0e0e4736",)"
                R"("span_id":"0123456789abcdef","parent_span_id":"00f067aa0ba902b7","trace_flags":"01"})"
                "\n"));
    record.note.restart(core::access_fields::standard());
    BOOST_TEST(line_of(record, {}).find("trace_id") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(the_operator_chooses_the_fields) {
    const auto record = some_record();
    BOOST_TEST(line_of(record, {.fields = core::access_fields_of({"status", "range", "route"})}) ==
               R"({"route":"download","status":206,"range":"10-99"})"
               "\n");
    const log_policy user{.user = core::logged_user::plain,
                          .fields = core::access_fields_of({"user"})};
    BOOST_TEST(line_of(record, user) == "{\"user\":\"trainer123\"}\n");
    // A line without any of them is a line.
    const auto rare = core::access_fields_of({"admitted_by"});
    BOOST_TEST(line_of(record, {.fields = rare}) == "{}\n");
    BOOST_TEST(line_of(record, {.format = core::log_format::logfmt, .fields = rare}) == "\n");
}

BOOST_AUTO_TEST_CASE(a_line_stays_a_line_whatever_is_in_it) {
    auto record = some_record();
    record.jti = "a\nb\x01=\\";
    for (const auto format : {core::log_format::json, core::log_format::logfmt}) {
        const auto line = line_of(record, {.format = format});
        BOOST_TEST(line.find('\n') == line.size() - 1);
        BOOST_TEST(line.find('\x01') == std::string::npos);
    }
}

BOOST_AUTO_TEST_CASE(a_long_line_is_whole) {
    auto record = some_record();
    for (const std::size_t size : {300U, 5'000U}) {
        record.jti.assign(size, '\x01');
        std::string quoted;
        for (std::size_t i = 0; i < size; ++i) {
            quoted += "\\u0001";
        }
        const auto line = line_of(record, {.user = core::logged_user::plain});
        BOOST_TEST(line.ends_with(R"("outcome":"cut","jti":")" + quoted +
                                  R"(","user":"trainer123"})"
                                  "\n"));
    }
}

BOOST_AUTO_TEST_CASE(lines_that_the_sink_drops_are_counted) {
    struct full final : log_sink {
        bool write(std::string&) noexcept override { return false; }
    } sink;
    const auto count = std::make_unique<counters>();
    access_log log(&sink, *count);
    const finished_response over{.status = 200};
    const auto record = some_record();
    for (int i = 0; i < 3; ++i) {
        log.write(
            {.time = some_time, .request_id = "r", .peer = "p", .over = over, .record = record},
            {});
    }
    BOOST_TEST(count->log_lines_dropped.value() == 0U);
    log.flush();
    BOOST_TEST(count->log_lines_dropped.value() == 3U);
}

BOOST_AUTO_TEST_SUITE_END()
