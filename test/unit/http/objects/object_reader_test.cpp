// Faults that real stores do not show on demand: they ignore Range, send another version, end a
// body early. A scripted server on a socket answers; test/integration/test_origin.py has real
// stores.
#include "http/objects/object_reader.hpp"
#include "test/support/fake_clock.hpp"

#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>
#include <boost/test/unit_test.hpp>

#include <deque>
#include <span>
#include <string>
#include <vector>

namespace {

using namespace sluice;
using namespace std::chrono_literals;
namespace net = http::net;

/// Answers each connection with the next text, and closes it.
class scripted_server {
  public:
    explicit scripted_server(net::io_context& context)
        : acceptor_(context, {net::ip::address_v4::loopback(), 0}) {
        accept();
    }
    void say(std::string answer) { answers_.push_back(std::move(answer)); }
    [[nodiscard]] std::uint16_t port() const { return acceptor_.local_endpoint().port(); }
    [[nodiscard]] const std::vector<std::string>& requests() const { return requests_; }

  private:
    struct peer {
        explicit peer(http::tcp::socket from) : socket(std::move(from)) {}
        http::tcp::socket socket;
        std::string text;
    };

    void accept() {
        acceptor_.async_accept([this](http::error_code ec, http::tcp::socket socket) {
            if (!ec) {
                serve(std::make_shared<peer>(std::move(socket)));
                accept();
            }
        });
    }
    void serve(const std::shared_ptr<peer>& one) {
        net::async_read_until(one->socket, net::dynamic_buffer(one->text), "\r\n\r\n",
                              [this, one](http::error_code ec, std::size_t) {
                                  if (ec || answers_.empty()) {
                                      return;
                                  }
                                  requests_.push_back(one->text);
                                  one->text = std::move(answers_.front());
                                  answers_.pop_front();
                                  net::async_write(one->socket, net::buffer(one->text),
                                                   [one](http::error_code, std::size_t) {});
                              });
    }

    http::tcp::acceptor acceptor_;
    std::deque<std::string> answers_;
    std::vector<std::string> requests_;
};

std::string metrics_of(const http::object_origin& one) {
    const auto* const all = &one;
    std::string out;
    http::object_origin::append_metrics(std::span(&all, 1), out);
    return out;
}

std::string part(std::string_view content, std::size_t first, std::string_view sent,
                 std::string_view etag = "\"v1\"") {
    return "HTTP/1.1 206 Partial Content\r\nConnection: close\r\nETag: " + std::string(etag) +
           "\r\nContent-Range: bytes " + std::to_string(first) + "-" +
           std::to_string(content.size() - 1) + "/" + std::to_string(content.size()) +
           "\r\nContent-Length: " + std::to_string(content.size() - first) + "\r\n\r\n" +
           std::string(sent);
}

std::string refusal(unsigned status, std::string_view code) {
    const auto body = "<Error><Code>" + std::string(code) + "</Code></Error>";
    return "HTTP/1.1 " + std::to_string(status) +
           " No\r\nConnection: close\r\nContent-Length: " + std::to_string(body.size()) +
           "\r\n\r\n" + body;
}

class waiter final : public http::storage_waiter {
  public:
    void on_storage() override { is_called = true; }
    bool is_called = false;
};

struct fixture {
    net::io_context context{1};
    scripted_server server{context};
    test::fake_clock clock;
    std::vector<http::object_problem> problems;
    std::shared_ptr<http::object_origin> origin = std::make_shared<http::object_origin>(
        http::object_origin::settings{
            .name = "test",
            .endpoint = {.host = "127.0.0.1", .port = server.port(), .target = "/"},
            .region = "eu-west-3",
            .bucket = "vod",
            .prefix = "media/",
            .buffer = 4096},
        nullptr, clock, [this](const auto& one) { problems.push_back(one); });
    http::object_desk desk{context};
    std::string content = "0123456789";

    fixture() { give_credentials(); }

    void give_credentials() const {
        auto by = std::make_shared<core::object_credentials>();
        by->access_key_id = "AK";
        by->secret_access_key = crypto::secret("hush");
        origin->use(by);
    }

    /// What a reader gets, and its fault.
    std::pair<std::string, std::string> read() {
        http::object_file file(
            {.origin = origin, .path = "a b.mp4", .etag = "\"v1\"", .size = content.size()}, desk);
        const auto reader = file.read();
        std::string got;
        while (got.size() < content.size() && reader->fault().empty()) {
            waiter one;
            reader->fetch(one, got.size(), content.size() - got.size());
            const auto end = std::chrono::steady_clock::now() + 10s;
            while (!one.is_called && std::chrono::steady_clock::now() < end) {
                context.run_one_for(100ms);
            }
            BOOST_REQUIRE(one.is_called);
            got += reader->view(got.size());
        }
        is_current = file.is_current();
        return {got, std::string(reader->fault())};
    }
    bool is_current = true;

    [[nodiscard]] std::string metric(std::string_view name) const {
        const auto out = metrics_of(*origin);
        const auto at = out.find("\n" + std::string(name) + "{origin=\"test\"} ");
        BOOST_REQUIRE(at != std::string::npos);
        const auto first = out.find(' ', at) + 1;
        return out.substr(first, out.find('\n', first) - first);
    }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(object_reader_suite, fixture)

BOOST_AUTO_TEST_CASE(asks_for_one_range_of_one_version) {
    server.say(part(content, 0, content));
    BOOST_TEST(read().first == content);
    BOOST_REQUIRE(server.requests().size() == 1U);
    const auto& asked = server.requests().front();
    BOOST_TEST(asked.starts_with("GET /vod/media/a%20b.mp4 HTTP/1.1\r\n"));
    BOOST_TEST(asked.find("\r\nRange: bytes=0-9\r\n") != std::string::npos);
    BOOST_TEST(asked.find("\r\nIf-Match: \"v1\"\r\n") != std::string::npos);
    BOOST_TEST(asked.find("Credential=AK/") != std::string::npos);
    BOOST_TEST(asked.find("hush") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(goes_on_behind_the_last_byte_of_a_short_body) {
    server.say(part(content, 0, "0123"));
    server.say(refusal(503, "SlowDown"));
    server.say(part(content, 4, "456789"));
    BOOST_TEST(read().first == content);
    BOOST_REQUIRE(server.requests().size() == 3U);
    BOOST_TEST(server.requests()[1].find("Range: bytes=4-9\r\n") != std::string::npos);
    BOOST_TEST(server.requests()[2].find("Range: bytes=4-9\r\n") != std::string::npos);
    BOOST_REQUIRE(problems.size() == 2U);
    BOOST_TEST((problems[0].what == http::object_outcome::unreachable));
    BOOST_TEST((problems[1].what == http::object_outcome::busy));
    BOOST_TEST(problems[1].code == "SlowDown");
}

BOOST_AUTO_TEST_CASE(another_version_is_never_mixed_in) {
    server.say(part(content, 0, "0123"));
    server.say(part("abcdefghij", 4, "efghij", "\"v2\"")); // a store that ignores If-Match
    const auto [got, fault] = read();
    BOOST_TEST(got == "0123");
    BOOST_TEST(fault == "object_changed");
    BOOST_TEST(!is_current);
}

BOOST_AUTO_TEST_CASE(a_store_that_ignores_range_is_not_believed) {
    server.say(part(content, 0, "0123"));
    server.say("HTTP/1.1 200 OK\r\nConnection: close\r\nETag: \"v1\"\r\nContent-Length: "
               "10\r\n\r\n0123456789");
    const auto [got, fault] = read();
    BOOST_TEST(got == "0123");
    BOOST_TEST(fault == "object_changed");
}

BOOST_AUTO_TEST_CASE(a_failed_condition_and_a_missing_key_end_the_body) {
    server.say(refusal(412, "PreconditionFailed"));
    BOOST_TEST(read().second == "object_changed");
    server.say(refusal(404, "NoSuchKey"));
    BOOST_TEST(read().second == "object_missing");
    BOOST_TEST(problems.empty()); // neither is a fault of the store
}

BOOST_AUTO_TEST_CASE(a_refusal_that_may_hide_a_missing_object_is_looked_up_before_the_first_byte) {
    auto hides = origin->with();
    hides.hides_missing = true;
    origin = std::make_shared<http::object_origin>(
        hides, nullptr, clock, [this](const auto& one) { problems.push_back(one); });
    give_credentials();
    server.say(refusal(403, "AccessDenied"));
    BOOST_TEST(read().second == "object_forbidden");
    BOOST_TEST(!is_current);
    server.say(part(content, 0, "0123"));
    server.say(refusal(403, "AccessDenied")); // rights that are mended in the middle of a body
    server.say(part(content, 4, "456789"));
    BOOST_TEST(read().first == content);
    BOOST_TEST(is_current);
}

BOOST_AUTO_TEST_CASE(requests_are_timed_and_connections_counted) {
    server.say(part(content, 0, "0123"));
    server.say(refusal(503, "SlowDown"));
    server.say(part(content, 4, "456789"));
    BOOST_TEST(read().first == content);
    const auto out = metrics_of(*origin);
    const auto has = [&](std::string_view line) {
        return out.find("\nsluice_object_" + std::string(line) + "\n") != std::string::npos;
    };
    BOOST_TEST(has("first_byte_seconds_count{origin=\"test\",kind=\"get\"} 3"));
    BOOST_TEST(has("first_byte_seconds_count{origin=\"test\",kind=\"head\"} 0"));
    BOOST_TEST(has("first_byte_seconds_bucket{origin=\"test\",kind=\"get\",le=\"+Inf\"} 3"));
    BOOST_TEST(has("connections_opened_total{origin=\"test\"} 3"));
    BOOST_TEST(has("connections{origin=\"test\",state=\"busy\"} 0"));
    BOOST_TEST(has("connections{origin=\"test\",state=\"idle\"} 0"));
}

BOOST_AUTO_TEST_CASE(refused_credentials_are_tried_again_and_told_once) {
    server.say(refusal(403, "SignatureDoesNotMatch"));
    server.say(refusal(403, "SignatureDoesNotMatch"));
    server.say(part(content, 0, content));
    BOOST_TEST(read().first == content);
    BOOST_REQUIRE(problems.size() == 1U);
    BOOST_TEST((problems[0].what == http::object_outcome::credentials));
    BOOST_TEST(problems[0].status == 403U);
}

BOOST_AUTO_TEST_CASE(signs_by_the_clock_of_the_store_once_it_rejects_ours) {
    auto skewed = refusal(403, "RequestTimeTooSkewed");
    skewed.insert(skewed.find("\r\n") + 2, "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n");
    server.say(skewed);
    server.say(part(content, 0, content));
    BOOST_TEST(read().first == content);
    BOOST_REQUIRE(server.requests().size() == 2U);
    BOOST_TEST(server.requests()[0].find("X-Amz-Date: 19941106T0849") == std::string::npos);
    BOOST_TEST(server.requests()[1].find("X-Amz-Date: 19941106T0849") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_reader_that_is_forgotten_calls_nobody) {
    server.say(part(content, 0, content));
    http::object_file file(
        {.origin = origin, .path = "x", .etag = "\"v1\"", .size = content.size()}, desk);
    auto reader = file.read();
    waiter one;
    reader->fetch(one, 0, content.size());
    context.run_one_for(10ms);
    reader.reset();
    context.run_for(50ms);
    BOOST_TEST(!one.is_called);
}

BOOST_AUTO_TEST_CASE(a_client_that_pauses_costs_neither_a_connection_nor_a_buffer) {
    content.assign(20000, 'x');
    http::object_file file(
        {.origin = origin, .path = "x", .etag = "\"v1\"", .size = content.size()}, desk);
    const auto made = file.read();
    auto& reader = dynamic_cast<http::object_reader&>(*made);
    const auto fetch = [&](std::size_t from) {
        waiter one;
        reader.fetch(one, from, content.size() - from);
        while (!one.is_called) {
            context.run_one_for(100ms);
        }
    };
    server.say(part(content, 0, content));
    fetch(0);
    BOOST_TEST(reader.view(0).size() == 4096U);
    BOOST_TEST(metric("sluice_object_buffer_bytes") == "4096");
    reader.release(std::chrono::steady_clock::now() - 1s); // it has not paused for so long
    BOOST_TEST(reader.view(0).size() == 4096U);
    reader.release(std::chrono::steady_clock::now() + 1s);
    BOOST_TEST(reader.view(0).empty());
    BOOST_TEST(metric("sluice_object_buffer_bytes") == "0");
    BOOST_TEST(metric("sluice_object_released_total") == "1");
    server.say(part(content, 100, content.substr(100)));
    fetch(100); // the client had taken so much
    BOOST_TEST(!reader.view(100).empty());
    BOOST_TEST(server.requests().back().find("Range: bytes=100-19999\r\n") != std::string::npos);
    BOOST_TEST(metric("sluice_object_resumed_total") == "1");
}

BOOST_AUTO_TEST_CASE(all_buffers_together_are_bounded) {
    auto bounds = origin->with();
    bounds.buffer = 65536;
    bounds.total_buffer = 100000;
    http::object_origin one(bounds, nullptr, clock, [](const auto&) {});
    BOOST_TEST(one.take_buffer(0) == 65536U);
    BOOST_TEST(one.take_buffer(65536) == 65536U); // has it
    BOOST_TEST(one.take_buffer(0) == 4096U);
    BOOST_TEST(one.take_buffer(4096) == 4096U); // still no room for more
    one.give_back(65536);
    BOOST_TEST(one.take_buffer(4096) == 65536U);
    const auto out = metrics_of(one);
    BOOST_TEST(out.find("sluice_object_buffer_bytes{origin=\"test\"} 65536\n") !=
               std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
