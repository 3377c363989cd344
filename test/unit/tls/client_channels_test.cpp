#include "http/client/client.hpp"
#include "http/client/whole_call.hpp"
#include "test/support/certificate.hpp"
#include "test/support/scripted_server.hpp"
#include "test/support/temp_dir.hpp"
#include "tls/client_channels.hpp"

#include <boost/test/unit_test.hpp>
#include <openssl/ssl.h>

#include <sys/socket.h>

#include <array>
#include <atomic>
#include <chrono>
#include <csignal>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>

using namespace sluice;
using namespace std::chrono_literals;
using http::call_fault;
using http::call_result;
using http::tcp;

namespace {

namespace net = http::net;

constexpr http::call_limits usual{.connect = 10s, .first_byte = 10s, .stall = 10s};

/// A server under TLS, with OpenSSL alone, that serves its connections one after the other.
class secure_server {
  public:
    struct manner {
        std::string names = "DNS:localhost,IP:127.0.0.1";
        std::string answer = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";
        bool says_goodbye = true; // close_notify after the first answer, when it closes
        bool closes = false;      // after the first answer
    };

    explicit secure_server(manner how)
        : how_(std::move(how)), pair_(test::make_certificate(24h, how_.names)),
          context_(SSL_CTX_new(TLS_server_method()), SSL_CTX_free),
          acceptor_(loop_, tcp::endpoint(net::ip::address_v4::loopback(), 0)) {
        std::signal(SIGPIPE, SIG_IGN); // as in the service
        folder_.write_file("server.crt", pair_.chain);
        folder_.write_secret("server.key", pair_.key);
        SSL_CTX_use_certificate_file(context_.get(), folder_.path("server.crt").c_str(),
                                     SSL_FILETYPE_PEM);
        SSL_CTX_use_PrivateKey_file(context_.get(), folder_.path("server.key").c_str(),
                                    SSL_FILETYPE_PEM);
        thread_ = std::thread([this] { run(); });
    }
    ~secure_server() {
        is_ending_ = true;
        ::shutdown(acceptor_.native_handle(), SHUT_RDWR);
        thread_.join();
    }
    secure_server(const secure_server&) = delete;
    secure_server& operator=(const secure_server&) = delete;

    [[nodiscard]] core::http_url url(const std::string& host = "localhost") const {
        return {.is_secure = true,
                .host = host,
                .port = acceptor_.local_endpoint().port(),
                .target = "/x"};
    }
    /// The file of its authority: itself.
    [[nodiscard]] std::string authority() const { return folder_.path("server.crt"); }
    [[nodiscard]] int handshakes() const { return handshakes_; }
    /// How many of them named localhost.
    [[nodiscard]] int named() const { return named_; }

  private:
    void run() {
        while (!is_ending_) {
            http::error_code ec;
            auto socket = acceptor_.accept(ec);
            if (ec) {
                return;
            }
            const std::unique_ptr<SSL, decltype(&SSL_free)> one(SSL_new(context_.get()), SSL_free);
            SSL_set_fd(one.get(), socket.native_handle());
            if (SSL_accept(one.get()) == 1) {
                ++handshakes_;
                const auto* const name = SSL_get_servername(one.get(), TLSEXT_NAMETYPE_host_name);
                named_ += name != nullptr && std::string(name) == "localhost" ? 1 : 0;
                serve(one.get());
            }
        }
    }

    void serve(SSL* one) {
        std::array<char, 4096> room{};
        while (SSL_read(one, room.data(), static_cast<int>(room.size())) > 0 &&
               SSL_write(one, how_.answer.data(), static_cast<int>(how_.answer.size())) > 0) {
            if (how_.closes) {
                if (how_.says_goodbye) {
                    SSL_shutdown(one);
                }
                return;
            }
        }
    }

    manner how_;
    test::temp_dir folder_;
    test::certificate pair_;
    std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> context_;
    net::io_context loop_;
    tcp::acceptor acceptor_;
    std::atomic<bool> is_ending_ = false;
    std::atomic<int> handshakes_ = 0;
    std::atomic<int> named_ = 0;
    std::thread thread_;
};

struct answer {
    std::string content;
    std::optional<call_fault> fault;
};

struct visitor {
    explicit visitor(const std::string& authorities)
        : by(context, std::make_shared<tls::client_channels>(authorities), {}) {}

    answer get(core::http_url url, http::call_limits limits = usual) {
        std::optional<answer> out;
        http::whole_call one(by, {.to = std::move(url), .limits = limits}, {.bytes = 100'000},
                             [&](call_result<std::string> content) {
                                 out.emplace();
                                 if (content) {
                                     out->content = *content;
                                 } else {
                                     out->fault = content.error();
                                 }
                             });
        test::run_until(context, [&] { return out.has_value(); });
        return *out;
    }

    net::io_context context;
    http::client by;
};

void is_refused(const answer& got, call_fault::kind what, const std::string& part) {
    BOOST_TEST_REQUIRE(got.fault.has_value());
    BOOST_TEST((got.fault->what == what), got.fault->cause);
    BOOST_TEST(got.fault->cause.find(part) != std::string::npos, got.fault->cause);
}

} // namespace

BOOST_AUTO_TEST_SUITE(client_channels_suite, *boost::unit_test::timeout(60))

BOOST_AUTO_TEST_CASE(a_name_and_an_address_that_the_certificate_has) {
    secure_server server({});
    {
        visitor one(server.authority());
        BOOST_TEST(one.get(server.url()).content == "hello");
        BOOST_TEST(one.get(server.url()).content == "hello");
        BOOST_TEST(one.by.counts().reused == 1U); // TLS 1.3 tickets do not look like an end
        BOOST_TEST(server.handshakes() == 1);
        BOOST_TEST(server.named() == 1);
    }
    visitor other(server.authority());
    BOOST_TEST(other.get(server.url("127.0.0.1")).content == "hello");
    BOOST_TEST(server.named() == 1); // an address is no server name (RFC 6066 §3)
}

BOOST_AUTO_TEST_CASE(certificates_that_are_not_trusted) {
    secure_server elsewhere({.names = "DNS:other.example,IP:127.0.0.2"});
    visitor knows(elsewhere.authority());
    is_refused(knows.get(elsewhere.url()), call_fault::kind::tls, "is not for localhost");
    is_refused(knows.get(elsewhere.url("127.0.0.1")), call_fault::kind::tls,
               "is not for 127.0.0.1");
    secure_server good({});
    is_refused(knows.get(good.url()), call_fault::kind::tls, "localhost is not trusted");
    visitor system("");
    is_refused(system.get(good.url()), call_fault::kind::tls, "localhost is not trusted");
}

BOOST_AUTO_TEST_CASE(servers_without_tls) {
    const secure_server trust({});
    test::scripted_server plain({{{}, true}});
    auto url = plain.url();
    url.is_secure = true;
    visitor one(trust.authority());
    is_refused(one.get(url), call_fault::kind::tls, "no TLS handshake with 127.0.0.1");
    test::scripted_server silent({{{}, false}});
    url.port = silent.url().port;
    is_refused(one.get(url, {.connect = 300ms}), call_fault::kind::timeout, "TLS handshake");
}

BOOST_AUTO_TEST_CASE(an_end_without_close_notify_is_no_end) {
    secure_server polite({.answer = "HTTP/1.1 200 OK\r\n\r\nall of it", .closes = true});
    BOOST_TEST(visitor(polite.authority()).get(polite.url()).content == "all of it");
    secure_server cut(
        {.answer = "HTTP/1.1 200 OK\r\n\r\nhalf", .says_goodbye = false, .closes = true});
    is_refused(visitor(cut.authority()).get(cut.url()), call_fault::kind::closed, "broke");
}

BOOST_AUTO_TEST_CASE(a_file_that_holds_no_authority) {
    test::temp_dir folder;
    folder.write_file("not.pem", "nothing");
    BOOST_CHECK_THROW(tls::client_channels(folder.path("not.pem")), std::runtime_error);
    BOOST_CHECK_THROW(tls::client_channels(folder.path("absent.pem")), std::runtime_error);
}

// The buffer of the caller is freed with the call; ASan sees a record that is decrypted into it.
BOOST_AUTO_TEST_CASE(cancelled_at_every_turn_of_the_loop) {
    const std::string content(60'000, 'x');
    secure_server server(
        {.answer = "HTTP/1.1 200 OK\r\nContent-Length: 60000\r\n\r\n" + content, .closes = true});
    for (int turns = 0; turns < 40; ++turns) {
        visitor one(server.authority());
        bool is_cancelled = false;
        auto room = std::make_unique<std::array<char, 5000>>();
        std::unique_ptr<http::call> call;
        std::function<void()> read = [&] {
            call->read_some(net::buffer(*room), [&](const call_result<std::size_t>& piece) {
                BOOST_TEST(!is_cancelled);
                if (piece && *piece > 0) {
                    read();
                }
            });
        };
        call =
            one.by.start({.to = server.url(), .limits = usual}, [&](const call_result<void>& head) {
                BOOST_TEST(!is_cancelled);
                if (head) {
                    read();
                }
            });
        for (int i = 0; i < turns; ++i) {
            (void)one.context.run_one_for(20ms);
        }
        is_cancelled = true;
        call.reset();
        room.reset();
        if (turns % 2 == 0) { // otherwise the loop is destroyed with what is pending
            test::run_a_moment(one.context);
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()
