// Suspended requests that other threads complete, on real sockets.
#include "http/connection/bare_sessions.hpp"
#include "http/loop/socket_transport.hpp"
#include "test/support/later_handler.hpp"

#include <boost/asio/write.hpp>
#include <boost/test/unit_test.hpp>

#include <array>
#include <atomic>
#include <string>
#include <thread>

using namespace sluice::test;

namespace {

/// A worker with a thread of its own, and a real socket to it.
struct running : later_fixture {
    running() : thread([this] { server->run(); }) {}
    ~running() {
        server->stop();
        thread.join();
    }
    tcp::socket connect() {
        tcp::acceptor acceptor(server->context(), {net::ip::address_v4::loopback(), 0});
        tcp::socket client(outside);
        client.connect(acceptor.local_endpoint());
        tcp::socket accepted(server->context());
        acceptor.accept(accepted);
        accepted.non_blocking(true);
        arrival from{.socket = sluice::core::unique_fd(accepted.release()),
                     .peer = {.address = "127.0.0.1", .is_loopback = true},
                     .verdict = {.how = admission::served, .place = {}}};
        net::post(server->context(), [this, from = std::move(from)]() mutable {
            server->adopt(std::move(from), plain);
        });
        return client;
    }
    void wait_for(auto condition) {
        for (int i = 0; i < 2000 && !condition(); ++i) {
            std::this_thread::sleep_for(5ms);
        }
        BOOST_TEST_REQUIRE(condition());
    }

    net::io_context outside;
    bare_sessions plain;
    std::thread thread;
};

std::string read_until(tcp::socket& from, const std::string& end) {
    std::string text;
    while (!text.ends_with(end)) {
        std::array<char, 1024> some{};
        error_code ec;
        const auto got = from.read_some(net::buffer(some), ec);
        if (ec) {
            break;
        }
        text.append(some.data(), got);
    }
    return text;
}

} // namespace

BOOST_AUTO_TEST_SUITE(suspension_threads_suite)

BOOST_FIXTURE_TEST_CASE(another_thread_completes, running) {
    auto client = connect();
    for (int i = 0; i < 50; ++i) {
        net::write(client, net::buffer(get_later));
        wait_for([&] { return later.held() == 1; });
        std::thread([one = later.take(), i]() mutable {
            one.complete(
                [i](request&, reply& out) { answer_with(out, "n" + std::to_string(i) + "."); });
        }).join();
        const auto text = read_until(client, ".");
        BOOST_TEST(text.ends_with("\r\n\r\nn" + std::to_string(i) + "."));
    }
}

BOOST_FIXTURE_TEST_CASE(another_thread_completes_while_the_client_leaves, running) {
    for (int i = 0; i < 50; ++i) {
        auto client = connect();
        net::write(client, net::buffer(get_later));
        wait_for([&] { return later.held() == 1; });
        std::thread other([one = later.take()]() mutable {
            one.complete([](request&, reply& out) { answer_with(out, "x"); });
        });
        client.close();
        other.join();
    }
    wait_for([&] { return open() == 0; });
    BOOST_TEST(suspended() == 0U);
    BOOST_TEST(active() == 0U);
}

BOOST_FIXTURE_TEST_CASE(a_socket_that_resets_is_noticed, running) {
    auto client = connect();
    net::write(client, net::buffer(get_later));
    wait_for([&] { return later.held() == 1; });
    client.set_option(net::socket_base::linger(true, 0));
    client.close();
    wait_for([&] { return open() == 0; });
    const auto late = later.take();
}

BOOST_FIXTURE_TEST_CASE(a_socket_that_half_closes_is_answered, running) {
    auto client = connect();
    net::write(client, net::buffer(get_later + get_now));
    client.shutdown(tcp::socket::shutdown_send);
    wait_for([&] { return later.held() == 1; });
    std::this_thread::sleep_for(20ms); // by now the session has usually seen the end
    later.take().complete([](request&, reply& out) { answer_with(out, "later"); });
    const auto text = read_until(client, "\r\n\r\nnow");
    BOOST_TEST(text.find("\r\n\r\nlater") < text.find("\r\n\r\nnow"));
    BOOST_TEST(read_until(client, "more").empty());
    wait_for([&] { return open() == 0; });
}

BOOST_FIXTURE_TEST_CASE(a_socket_with_the_next_request_is_answered_in_order, running) {
    auto client = connect();
    net::write(client, net::buffer(get_later));
    wait_for([&] { return later.held() == 1; });
    net::write(client, net::buffer(get_now));
    std::this_thread::sleep_for(20ms); // by now the session has usually seen the data
    later.take().complete([](request&, reply& out) { answer_with(out, "later"); });
    const auto text = read_until(client, "\r\n\r\nnow");
    BOOST_TEST(text.find("\r\n\r\nlater") < text.find("\r\n\r\nnow"));
}

BOOST_FIXTURE_TEST_CASE(a_pool_answers, running) {
    std::atomic<int> faults{0};
    work_pool pool({.threads = 2, .queue = 100}, [&](const std::exception&) { ++faults; });
    later.pool = &pool;
    auto client = connect();
    net::write(client, net::buffer(std::string("GET /pool?q HTTP/1.1\r\nHost: h\r\n\r\n")));
    BOOST_TEST(read_until(client, "worked").ends_with("\r\n\r\nq worked"));
    net::write(client, net::buffer(std::string("GET /fault HTTP/1.1\r\nHost: h\r\n\r\n")));
    const auto fault = read_until(client, "}\n");
    BOOST_TEST(fault.starts_with("HTTP/1.1 500 "), fault);
    BOOST_TEST(faults == 1);
}

BOOST_FIXTURE_TEST_CASE(a_full_pool_answers_503_at_once, running) {
    work_pool pool({.threads = 0, .queue = 0}, {});
    later.pool = &pool;
    auto client = connect();
    net::write(client, net::buffer(std::string("GET /pool HTTP/1.1\r\nHost: h\r\n\r\n")));
    const auto text = read_until(client, "}\n");
    BOOST_TEST(text.starts_with("HTTP/1.1 503 "));
    BOOST_TEST(text.find("overloaded") != std::string::npos);
    BOOST_TEST(text.find("Retry-After: 1\r\n") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
