#pragma once
// A server on loopback that sends what a script says, connection by connection, and the loop of a
// test that is its client. Used by the tests of http/client.

#include "core/address/http_url.hpp"
#include "http/loop/asio.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/streambuf.hpp>
#include <boost/asio/write.hpp>
#include <boost/test/unit_test.hpp>

#include <sys/socket.h>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace sluice::test {

/// What the server sends on one connection, request by request.
struct script {
    std::vector<std::string> answers;
    bool closes = true; // afterwards; otherwise it stays silent until the test ends
};

class scripted_server {
  public:
    explicit scripted_server(std::vector<script> scripts)
        : acceptor_(context_, http::tcp::endpoint(http::net::ip::address_v4::loopback(), 0)),
          thread_([this, all = std::move(scripts)] { run(all); }) {}
    ~scripted_server() {
        ::shutdown(acceptor_.native_handle(), SHUT_RDWR); // ends accept()
        thread_.join();
    }
    scripted_server(const scripted_server&) = delete;
    scripted_server& operator=(const scripted_server&) = delete;

    [[nodiscard]] core::http_url url() const {
        return {.is_secure = false,
                .host = "127.0.0.1",
                .port = acceptor_.local_endpoint().port(),
                .target = "/x"};
    }
    [[nodiscard]] std::size_t connections() const { return connections_; }
    /// The head of a request that has been answered.
    [[nodiscard]] std::string request(std::size_t index) {
        const std::scoped_lock lock(mutex_);
        return requests_.at(index);
    }
    /// Bytes of content that the sockets have taken.
    [[nodiscard]] std::size_t sent() const { return sent_; }

  private:
    void run(const std::vector<script>& all) {
        std::vector<http::tcp::socket> kept;
        for (const auto& one : all) {
            http::error_code ec;
            auto socket = acceptor_.accept(ec);
            if (ec) {
                return;
            }
            ++connections_;
            http::net::streambuf in;
            for (const auto& answer : one.answers) {
                const auto size = http::net::read_until(socket, in, "\r\n\r\n", ec);
                const auto* const text = static_cast<const char*>(in.data().data());
                {
                    const std::scoped_lock lock(mutex_);
                    requests_.emplace_back(text, size);
                }
                in.consume(size);
                send(socket, answer);
            }
            if (!one.closes) {
                kept.push_back(std::move(socket));
            }
        }
        http::error_code ec;
        (void)acceptor_.accept(ec); // until the end of the test
    }

    void send(http::tcp::socket& socket, const std::string& answer) {
        http::error_code ec;
        for (std::size_t done = 0; done < answer.size() && !ec;) {
            const auto bytes = socket.write_some(
                http::net::buffer(answer.data() + done, answer.size() - done), ec);
            done += bytes;
            sent_ += bytes;
        }
    }

    http::net::io_context context_;
    http::tcp::acceptor acceptor_;
    std::mutex mutex_; // guards requests_
    std::vector<std::string> requests_;
    std::atomic<std::size_t> connections_ = 0;
    std::atomic<std::size_t> sent_ = 0;
    std::thread thread_;
};

/// Runs `context` until `is_done` says so.
template <class Condition>
void run_until(http::net::io_context& context, Condition is_done) {
    using namespace std::chrono_literals;
    context.restart();
    while (!is_done() && context.run_one_for(20s) > 0) {
    }
    BOOST_TEST_REQUIRE(is_done());
}

/// Runs `context` for a moment, in which nothing must happen.
inline void run_a_moment(http::net::io_context& context) {
    using namespace std::chrono_literals;
    context.restart();
    context.run_for(60ms);
}

} // namespace sluice::test
