#include "http/client/call.hpp"
#include "http/client/channel.hpp"
#include "http/client/client.hpp"
#include "test/support/scripted_server.hpp"

#include <boost/test/unit_test.hpp>

#include <array>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

using namespace sluice::http;
using namespace std::chrono_literals;
using sluice::test::run_a_moment;
using sluice::test::run_until;
using sluice::test::script;
using sluice::test::scripted_server;

namespace {

constexpr call_limits quick{.connect = 10s, .first_byte = 10s, .stall = 1s, .head_bytes = 2048};

std::string with_length(const std::string& content) {
    return "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(content.size()) +
           "\r\nETag: \"v1\"\r\n\r\n" + content;
}

/// One call whose content the test reads piece by piece.
struct world {
    explicit world(std::vector<script> scripts) : server(std::move(scripts)) {}

    void start() {
        one = by.start({.to = server.url(), .limits = quick}, [this](call_result<void> outcome) {
            head = std::move(outcome);
            if (in_head) {
                in_head();
            }
        });
    }
    void await_head() {
        start();
        run_until(context, [this] { return head.has_value(); });
        BOOST_TEST_REQUIRE(head->has_value());
    }
    call_result<std::size_t> read(net::mutable_buffer room) {
        std::optional<call_result<std::size_t>> got;
        one->read_some(room, [&](call_result<std::size_t> piece) { got = std::move(piece); });
        run_until(context, [&] { return got.has_value(); });
        return *got;
    }
    std::string read_all(std::size_t room_bytes) {
        std::string all;
        std::vector<char> room(room_bytes);
        while (true) {
            const auto piece = read(net::buffer(room));
            BOOST_TEST_REQUIRE(piece.has_value());
            if (*piece == 0) {
                return all;
            }
            all.append(room.data(), *piece);
        }
    }

    scripted_server server;
    net::io_context context;
    client by{context, nullptr, {}};
    std::unique_ptr<call> one;
    std::optional<call_result<void>> head;
    std::function<void()> in_head;
};

std::string pattern(std::size_t bytes) {
    std::string text(bytes, '\0');
    for (std::size_t i = 0; i < bytes; ++i) {
        text[i] = static_cast<char>((i * 31 + i / 251) % 256);
    }
    return text;
}

/// A plain channel that counts how often it acknowledged.
class watched_channel final : public channel {
  public:
    watched_channel(std::unique_ptr<channel> inner, int& acknowledged)
        : inner_(std::move(inner)), acknowledged_(acknowledged) {}

    void greet(const std::string& host, greet_handler then) override {
        inner_->greet(host, std::move(then));
    }
    void read_some(net::mutable_buffer into, read_handler then) override {
        inner_->read_some(into, std::move(then));
    }
    void write(net::const_buffer what, done_handler then) override {
        inner_->write(what, std::move(then));
    }
    void acknowledge() noexcept override {
        ++acknowledged_;
        inner_->acknowledge();
    }
    void close() noexcept override { inner_->close(); }
    bool is_silent() noexcept override { return inner_->is_silent(); }
    [[nodiscard]] bool can_read_in_place() const noexcept override {
        return inner_->can_read_in_place();
    }

  private:
    std::unique_ptr<channel> inner_;
    int& acknowledged_;
};

class watched_channels final : public channel_maker {
  public:
    explicit watched_channels(int& acknowledged) : acknowledged_(acknowledged) {}
    [[nodiscard]] std::unique_ptr<channel> make(tcp::socket socket) const override {
        return std::make_unique<watched_channel>(plain_channels().make(std::move(socket)),
                                                 acknowledged_);
    }

  private:
    int& acknowledged_;
};

/// How often a call acknowledged until it had the head of `answer`.
int acknowledged_for(const std::string& answer, bhttp::verb method = bhttp::verb::get) {
    int count = 0;
    scripted_server server({{{answer}, false}});
    net::io_context context;
    client by(context, std::make_shared<const watched_channels>(count), {});
    auto to = server.url();
    to.is_secure = true; // the channels of the test are those for https
    std::optional<call_result<void>> head;
    const auto one = by.start({.to = to, .method = method, .limits = quick},
                              [&](call_result<void> outcome) { head = std::move(outcome); });
    run_until(context, [&] { return head.has_value(); });
    BOOST_TEST_REQUIRE(head->has_value());
    return count;
}

} // namespace

BOOST_AUTO_TEST_SUITE(call_suite, *boost::unit_test::timeout(60))

BOOST_AUTO_TEST_CASE(the_head_comes_before_the_content) {
    world a({{{"HTTP/1.1 206 Partial Content\r\nContent-Length: 5\r\nETag: \"v1\"\r\n"
               "Content-Range: bytes 0-4/11\r\n\r\n"},
              false}});
    a.await_head();
    BOOST_TEST(a.one->status() == 206U);
    BOOST_TEST(a.one->field("etag") == "\"v1\"");
    BOOST_TEST(a.one->field("Content-Range") == "bytes 0-4/11");
    BOOST_TEST(a.one->field("Content-Encoding").empty());
    BOOST_TEST(a.one->content_length().value_or(0) == 5U);
    BOOST_TEST(!a.one->is_done());
}

// A server that delays its content until its head is acknowledged must not wait for our kernel.
BOOST_AUTO_TEST_CASE(a_head_without_its_content_is_acknowledged_at_once) {
    BOOST_TEST(acknowledged_for("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n") == 1);
    BOOST_TEST(acknowledged_for(with_length("hello")) == 0);
    BOOST_TEST(acknowledged_for("HTTP/1.1 304 Not Modified\r\n\r\n") == 0);
    BOOST_TEST(
        acknowledged_for("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", bhttp::verb::head) == 0);
}

BOOST_AUTO_TEST_CASE(content_in_pieces_of_every_size) {
    const auto content = pattern(50'000);
    for (const std::size_t room : {1U, 7U, 1000U, 16384U, 70'000U}) {
        const auto part = room < 7 ? content.substr(0, 20'000) : content;
        world a({{{with_length(part), with_length("")}, false}});
        a.await_head();
        BOOST_TEST((a.read_all(room) == part), room);
        BOOST_TEST(a.one->is_done());
        BOOST_TEST(a.by.counts().idle == 1U);
        BOOST_TEST(*a.read(net::buffer(std::array<char, 4>{}.data(), 4)) == 0U);
    }
}

// The caller that does not read stops the sender, for longer than the deadline of a read.
BOOST_AUTO_TEST_CASE(who_reads_slowly_slows_the_sender) {
    const auto content = pattern(48U << 20U);
    world a({{{with_length(content)}, true}});
    a.await_head();
    std::vector<char> room(65536);
    std::string all;
    for (int i = 0; i < 4; ++i) {
        all.append(room.data(), *a.read(net::buffer(room)));
    }
    a.context.restart();
    a.context.run_for(2 * quick.stall);
    BOOST_TEST(a.server.sent() < content.size() / 2);
    BOOST_TEST(!a.one->is_done());
    all += a.read_all(65536);
    BOOST_TEST((all == content));
}

BOOST_AUTO_TEST_CASE(a_short_body_gives_what_came_and_then_a_fault) {
    const auto whole = with_length("0123456789");
    world a({{{whole.substr(0, whole.size() - 4)}, true}});
    a.await_head();
    std::array<char, 64> room{};
    BOOST_TEST(*a.read(net::buffer(room)) == 6U);
    for (int i = 0; i < 2; ++i) { // and the same fault again
        const auto end = a.read(net::buffer(room));
        BOOST_TEST_REQUIRE(end.has_error());
        BOOST_TEST((end.error().what == call_fault::kind::closed));
    }
    BOOST_TEST(a.by.counts().idle == 0U);
}

BOOST_AUTO_TEST_CASE(cancelled_before_anything_happens) {
    world a({{{with_length("x")}, true}});
    a.start();
    a.one.reset();
    run_a_moment(a.context);
    BOOST_TEST(!a.head.has_value());
    BOOST_TEST(a.server.connections() == 0U);
}

BOOST_AUTO_TEST_CASE(cancelled_at_every_turn_of_the_loop) {
    const auto content = pattern(100'000);
    for (int turns = 0; turns < 40; ++turns) {
        world a({{{with_length(content)}, true}});
        bool is_cancelled = false;
        auto room = std::make_unique<std::array<char, 3000>>();
        std::function<void()> read = [&] {
            a.one->read_some(net::buffer(*room), [&](call_result<std::size_t> piece) {
                BOOST_TEST(!is_cancelled);
                if (piece && *piece > 0) {
                    read();
                }
            });
        };
        a.in_head = [&] {
            BOOST_TEST(!is_cancelled);
            read();
        };
        a.start();
        for (int i = 0; i < turns; ++i) {
            (void)a.context.run_one_for(20ms);
        }
        is_cancelled = true;
        a.one.reset();
        room.reset(); // nothing may write there now
        run_a_moment(a.context);
    }
}

BOOST_AUTO_TEST_CASE(cancelled_inside_its_own_handlers) {
    const auto content = pattern(100'000);
    {
        world a({{{with_length(content)}, true}});
        a.in_head = [&] { a.one.reset(); };
        a.start();
        run_until(a.context, [&] { return a.head.has_value(); });
        run_a_moment(a.context);
    }
    for (const auto& answer :
         {with_length(content), with_length("short"), std::string("HTTP/1.1 200 OK\r\n\r\n"),
          std::string("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n")}) {
        world a({{{answer}, true}});
        a.await_head();
        std::vector<char> room(1000);
        int calls = 0;
        a.one->read_some(net::buffer(room), [&](const call_result<std::size_t>&) {
            ++calls;
            a.one.reset();
        });
        run_until(a.context, [&] { return calls > 0; });
        run_a_moment(a.context);
        BOOST_TEST(calls == 1);
    }
    world failed({{{""}, true}});
    failed.in_head = [&] { failed.one.reset(); };
    failed.start();
    run_until(failed.context, [&] { return failed.head.has_value(); });
    BOOST_TEST(failed.head->has_error());
}

BOOST_AUTO_TEST_CASE(a_new_call_inside_the_handler_of_the_last_piece) {
    world a({{{with_length("one"), with_length("two")}, false}});
    a.await_head();
    std::array<char, 8> room{};
    std::unique_ptr<call> second;
    std::optional<call_result<void>> head;
    a.one->read_some(net::buffer(room), [&](const call_result<std::size_t>&) {
        a.one.reset();
        second = a.by.start({.to = a.server.url(), .limits = quick},
                            [&](call_result<void> outcome) { head = std::move(outcome); });
    });
    run_until(a.context, [&] { return head.has_value(); });
    BOOST_TEST(head->has_value());
    BOOST_TEST(a.server.connections() == 1U);
}

BOOST_AUTO_TEST_CASE(the_client_is_gone_before_the_call) {
    scripted_server server({{{with_length("hello")}, false}});
    net::io_context context;
    auto by = std::make_unique<client>(context, nullptr, client::settings{});
    std::optional<call_result<void>> head;
    const auto one = by->start({.to = server.url(), .limits = quick},
                               [&](call_result<void> outcome) { head = std::move(outcome); });
    by.reset();
    run_until(context, [&] { return head.has_value(); });
    BOOST_TEST(head->has_value());
    std::array<char, 8> room{};
    std::optional<call_result<std::size_t>> got;
    one->read_some(net::buffer(room),
                   [&](call_result<std::size_t> piece) { got = std::move(piece); });
    run_until(context, [&] { return got.has_value(); });
    BOOST_TEST(**got == 5U);
}

BOOST_AUTO_TEST_CASE(the_loop_ends_with_calls_at_every_stage) {
    for (int turns = 0; turns < 12; ++turns) {
        scripted_server server({{{"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhel"}, false},
                                {{with_length("hello")}, false}});
        net::io_context context;
        client by(context, nullptr, {});
        std::array<char, 100> room{};
        std::unique_ptr<call> one;
        one = by.start({.to = server.url(), .limits = quick}, [&](const call_result<void>& head) {
            if (head) {
                one->read_some(net::buffer(room), [&](const call_result<std::size_t>&) {
                    one->read_some(net::buffer(room), [](const call_result<std::size_t>&) {});
                });
            }
        });
        const auto named =
            by.start({.to = {.host = "localhost", .port = server.url().port, .target = "/"},
                      .limits = quick},
                     [](const call_result<void>&) {});
        for (int i = 0; i < turns; ++i) {
            (void)context.run_one_for(20ms);
        }
    } // calls, client and loop are destroyed with their operations pending
    BOOST_TEST(true);
}

BOOST_AUTO_TEST_SUITE_END()
