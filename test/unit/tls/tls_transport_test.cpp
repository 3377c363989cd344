#include "test/support/certificate.hpp"
#include "test/support/temp_dir.hpp"
#include "tls/context.hpp"
#include "tls/tls_transport.hpp"

#include <boost/asio/error.hpp>
#include <boost/test/unit_test.hpp>
#include <openssl/ssl.h>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <optional>
#include <string>

using namespace sluice;
using http::net::error::would_block;

namespace {

core::listener_settings listener_in(test::temp_dir& folder) {
    const auto pair = test::make_certificate();
    folder.write_file("tls.crt", pair.chain);
    folder.write_file("tls.key", pair.key);
    core::listener_settings settings;
    settings.certificate = folder.path("tls.crt");
    settings.key = folder.path("tls.key");
    return settings;
}

// A transport, and the peer that it speaks with, after their handshake.
struct fixture {
    fixture() {
        std::signal(SIGPIPE, SIG_IGN); // as the process does
        std::array<int, 2> ends{};
        BOOST_REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends.data()) == 0);
        fd = ends[0];
        peer_fd = ends[1];
        tls::ssl_handle server(SSL_new(context.load({}).get()));
        SSL_set_fd(server.get(), fd);
        peer.reset(SSL_new(client.get()));
        SSL_set_fd(peer.get(), peer_fd);
        SSL_set_accept_state(server.get());
        SSL_set_connect_state(peer.get());
        for (int i = 0; i < 10; ++i) {
            SSL_do_handshake(peer.get());
            SSL_do_handshake(server.get());
        }
        BOOST_REQUIRE(SSL_is_init_finished(server.get()) == 1);
        http::stream_socket socket(io.get_executor());
        socket.assign(http::net::generic::stream_protocol(AF_UNIX, 0), fd);
        over.emplace(std::move(socket), std::move(server));
    }
    ~fixture() { ::close(peer_fd); }

    // What the peer reads in one call: of one record at most.
    std::string read_once() {
        std::string into(70000, '\0');
        const int got = SSL_read(peer.get(), into.data(), static_cast<int>(into.size()));
        into.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
        return into;
    }

    int peer_error() {
        char byte = 0;
        return SSL_get_error(peer.get(), SSL_read(peer.get(), &byte, 1));
    }

    test::temp_dir folder;
    tls::context context{listener_in(folder)};
    std::shared_ptr<SSL_CTX> client{SSL_CTX_new(TLS_client_method()), SSL_CTX_free};
    http::net::io_context io;
    int fd = -1;
    int peer_fd = -1;
    tls::ssl_handle peer;
    std::optional<tls::transport> over;
    http::error_code ec;
};

struct file {
    explicit file(const std::string& content) : fd(::memfd_create("content", 0)) {
        BOOST_REQUIRE(::write(fd, content.data(), content.size()) ==
                      static_cast<ssize_t>(content.size()));
    }
    ~file() { ::close(fd); }
    file(const file&) = delete;
    file& operator=(const file&) = delete;
    int fd;
};

} // namespace

BOOST_AUTO_TEST_SUITE(transport_suite)

BOOST_FIXTURE_TEST_CASE(a_header_and_its_file_share_a_record, fixture) {
    const file content("0123456789");
    BOOST_TEST(over->write_some("header;", true, ec) == 7U);
    BOOST_TEST(read_once() == "");
    BOOST_TEST(over->send_file(content.fd, 2, 5, ec) == 5U);
    BOOST_TEST(!ec);
    BOOST_TEST(read_once() == "header;23456");
    BOOST_TEST(!over->has_unsent());
}

BOOST_FIXTURE_TEST_CASE(a_peer_that_does_not_read_holds_it_up_and_loses_nothing, fixture) {
    std::string sent(3 << 20, '\0');
    for (std::size_t i = 0; i < sent.size(); ++i) {
        sent[i] = static_cast<char>(i * 2654435761U >> 24U);
    }
    const file content(sent);
    std::string got;
    std::size_t taken = 0;
    unsigned times_blocked = 0;
    while (taken < sent.size() || over->has_unsent()) {
        const auto count =
            taken < sent.size() ? over->send_file(content.fd, taken, sent.size() - taken, ec) : 0;
        taken += count;
        if (ec == would_block || count == 0) {
            ++times_blocked;
            http::error_code woken = would_block;
            over->async_wait_writable([&](http::error_code how) { woken = how; });
            for (auto part = read_once(); !part.empty(); part = read_once()) {
                got += part;
            }
            io.restart();
            io.run();
            BOOST_REQUIRE(!woken);
        } else {
            BOOST_REQUIRE(!ec);
        }
    }
    for (auto part = read_once(); !part.empty(); part = read_once()) {
        got += part;
    }
    BOOST_TEST(times_blocked > 2U);
    BOOST_TEST((got == sent));
}

BOOST_FIXTURE_TEST_CASE(the_end_of_a_file_is_no_error, fixture) {
    const file content("short");
    BOOST_TEST(over->send_file(content.fd, 5, 100, ec) == 0U);
    BOOST_TEST(!ec);
    BOOST_TEST(over->send_file(-1, 0, 100, ec) == 0U);
    BOOST_TEST(ec.value() == EBADF);
}

BOOST_FIXTURE_TEST_CASE(peek_takes_nothing, fixture) {
    BOOST_TEST((over->peek() == http::peer_state::silent));
    SSL_write(peer.get(), "ab", 2);
    BOOST_TEST((over->peek() == http::peer_state::sending));
    std::array<char, 8> into{};
    BOOST_TEST(over->read_some(std::span(into).first(1), ec) == 1U);
    // The other byte has been decrypted: the socket will not say so.
    bool is_woken = false;
    over->async_wait_readable([&](http::error_code) { is_woken = true; });
    io.run();
    BOOST_TEST(is_woken);
    BOOST_TEST(over->read_some(into, ec) == 1U);
    BOOST_TEST(over->read_some(into, ec) == 0U);
    BOOST_TEST((ec == would_block));
    SSL_shutdown(peer.get());
    BOOST_TEST((over->peek() == http::peer_state::gone));
    BOOST_TEST(over->read_some(into, ec) == 0U);
    BOOST_TEST((ec == http::net::error::eof));
}

BOOST_FIXTURE_TEST_CASE(an_end_that_is_meant_is_said_and_a_cut_is_not, fixture) {
    over->shutdown_send();
    BOOST_TEST(peer_error() == SSL_ERROR_ZERO_RETURN);
    over->close();

    fixture other;
    other.over->close();
    BOOST_TEST(other.peer_error() != SSL_ERROR_ZERO_RETURN);
}

BOOST_FIXTURE_TEST_CASE(what_is_closed_writes_to_nobody_else, fixture) {
    BOOST_TEST(over->write_some("held back", true, ec) == 9U);
    over->close();
    std::array<int, 2> ends{};
    BOOST_REQUIRE(::pipe(ends.data()) == 0);
    BOOST_REQUIRE(::dup2(ends[1], fd) == fd); // the number is somebody else's now
    ::fcntl(ends[0], F_SETFL, O_NONBLOCK);
    BOOST_TEST(over->write_some("more", false, ec) == 0U);
    BOOST_TEST(ec.value() == EBADF);
    char byte = 0;
    BOOST_TEST(::read(ends[0], &byte, 1) == -1);
    for (const int one : {ends[0], ends[1], fd}) {
        ::close(one);
    }
}

BOOST_AUTO_TEST_SUITE_END()
