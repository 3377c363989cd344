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
    folder.write_secret("tls.key", pair.key);
    core::listener_settings settings;
    settings.certificate = folder.path("tls.crt");
    settings.key = folder.path("tls.key");
    return settings;
}

// A transport and its peer after the handshake.
struct fixture {
    fixture() {
        std::signal(SIGPIPE, SIG_IGN); // as in the service
        std::array<int, 2> ends{};
        BOOST_REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends.data()) == 0);
        fd = ends[0];
        peer_fd = ends[1];
        auto socket = std::make_unique<tls::secure_socket>(
            ready, core::unique_fd(fd), tls::ssl_handle(SSL_new(context.load({}).get())), floods);
        peer.reset(SSL_new(client.get()));
        SSL_set_fd(peer.get(), peer_fd);
        SSL_set_connect_state(peer.get());
        ec = would_block;
        for (int i = 0; i < 10 && ec; ++i) {
            SSL_do_handshake(peer.get());
            socket->wait_readable([](http::error_code) {});
            poll();
            socket->handshake(ec);
        }
        BOOST_REQUIRE(!ec);
        over.emplace(std::move(socket));
    }
    ~fixture() { ::close(peer_fd); }

    // The bytes that the peer reads in one call: of one record at most.
    std::string read_once() {
        std::string into(70000, '\0');
        const int got = SSL_read(peer.get(), into.data(), static_cast<int>(into.size()));
        into.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
        return into;
    }

    void poll() {
        for (int i = 0; i < 5; ++i) {
            io.restart();
            io.poll();
        }
    }

    // Waits until data is readable, as a session does.
    void await() {
        bool is_woken = false;
        over->async_wait_readable([&](http::error_code how) { is_woken = !how; });
        poll();
        BOOST_TEST(is_woken);
    }

    int peer_error() {
        char byte = 0;
        return SSL_get_error(peer.get(), SSL_read(peer.get(), &byte, 1));
    }

    test::temp_dir folder;
    tls::context context{listener_in(folder)};
    std::shared_ptr<SSL_CTX> client{SSL_CTX_new(TLS_client_method()), SSL_CTX_free};
    http::net::io_context io{1};
    http::turn_queue turns{io};
    http::ready_set ready{io, turns};
    http::counter floods;
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
    BOOST_TEST(over->write_some("header;", http::follow_up::write, ec) == 7U);
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
            poll();
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
    await();
    BOOST_TEST((over->peek() == http::peer_state::sending));
    std::array<char, 8> into{};
    BOOST_TEST(over->read_some(std::span(into).first(1), ec) == 1U);
    await(); // the other byte is decrypted already, so the socket raises no event
    BOOST_TEST(over->read_some(into, ec) == 1U);
    BOOST_TEST(over->read_some(into, ec) == 0U);
    BOOST_TEST((ec == would_block));
    SSL_shutdown(peer.get());
    await();
    BOOST_TEST((over->peek() == http::peer_state::ended));
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
    BOOST_TEST(over->write_some("held back", http::follow_up::write, ec) == 9U);
    over->close();
    std::array<int, 2> ends{};
    BOOST_REQUIRE(::pipe(ends.data()) == 0);
    BOOST_REQUIRE(::dup2(ends[1], fd) == fd); // the number now belongs to another socket
    ::fcntl(ends[0], F_SETFL, O_NONBLOCK);
    BOOST_TEST(over->write_some("more", http::follow_up::none, ec) == 0U);
    BOOST_TEST(ec.value() == EBADF);
    char byte = 0;
    BOOST_TEST(::read(ends[0], &byte, 1) == -1);
    for (const int one : {ends[0], ends[1], fd}) {
        ::close(one);
    }
}

BOOST_FIXTURE_TEST_CASE(records_read_ahead_are_kept_and_read_in_order, fixture) {
    std::array<char, 8> into{};
    for (const char* const one : {"a", "b", "c"}) {
        SSL_write(peer.get(), one, 1);
    }
    await();
    for (const char one : {'a', 'b', 'c'}) {
        BOOST_TEST(!over->is_drained());
        await(); // the socket is empty since the first read and would raise no event
        BOOST_TEST(over->read_some(into, ec) == 1U);
        BOOST_TEST(into[0] == one);
    }
    BOOST_TEST(over->read_some(into, ec) == 0U);
    BOOST_TEST((ec == would_block));
    BOOST_TEST(over->is_drained());
}

BOOST_FIXTURE_TEST_CASE(a_record_of_full_size_is_read_whole, fixture) {
    const std::string sent(16384, 'x');
    SSL_write(peer.get(), sent.data(), static_cast<int>(sent.size()));
    std::string got;
    std::array<char, 5000> into{};
    while (got.size() < sent.size()) {
        await();
        const auto count = over->read_some(into, ec);
        BOOST_REQUIRE(count > 0U);
        got.append(into.data(), count);
    }
    BOOST_TEST((got == sent));
}

BOOST_FIXTURE_TEST_CASE(row_49_records_without_data_are_read_a_few_at_a_time, fixture) {
    constexpr unsigned sent = 20;
    for (unsigned i = 0; i < sent; ++i) {
        SSL_key_update(peer.get(), SSL_KEY_UPDATE_NOT_REQUESTED);
        SSL_do_handshake(peer.get());
    }
    SSL_write(peer.get(), "data", 4);
    std::array<char, 8> into{};
    unsigned rounds = 1;
    await();
    while (over->read_some(into, ec) == 0 && ec == would_block && rounds < 100) {
        ++rounds;
        await(); // which need not wait for the socket
    }
    BOOST_TEST((std::string_view(into.data(), 4) == "data"));
    BOOST_TEST(rounds == sent / tls::record_meter::records_per_turn + 1);
    BOOST_TEST(floods.value() == 0U);
}

BOOST_FIXTURE_TEST_CASE(row_49_too_many_records_without_data_close_the_connection, fixture) {
    for (unsigned i = 0; i < tls::record_meter::spare_records + 1; ++i) {
        SSL_key_update(peer.get(), SSL_KEY_UPDATE_NOT_REQUESTED);
        SSL_do_handshake(peer.get());
    }
    std::array<char, 8> into{};
    do {
        await();
        BOOST_TEST(over->read_some(into, ec) == 0U);
    } while (ec == would_block);
    BOOST_TEST(ec.value() == ECONNABORTED);
    BOOST_TEST(over->read_some(into, ec) == 0U);
    BOOST_TEST((over->peek() == http::peer_state::gone));
    BOOST_TEST(floods.value() == 1U);
}

BOOST_AUTO_TEST_SUITE_END()
