#include "http/loop/ready_set.hpp"
#include "http/loop/socket_transport.hpp"
#include "http/loop/turn_queue.hpp"

#include <boost/asio/error.hpp>
#include <boost/test/unit_test.hpp>

#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace {

using namespace sluice::http; // NOLINT(google-build-using-namespace)
using sluice::core::unique_fd;

/// Both ends of a TCP connection on loopback.
std::pair<unique_fd, unique_fd> connected() {
    net::io_context context;
    tcp::acceptor acceptor(context, {net::ip::address_v4::loopback(), 0});
    tcp::socket one(context);
    one.connect(acceptor.local_endpoint());
    tcp::socket other = acceptor.accept();
    other.non_blocking(true);
    return {unique_fd(one.release()), unique_fd(other.release())};
}

struct fixture {
    net::io_context context{1};
    turn_queue turns{context};
    ready_set ready{context, turns};

    struct connection {
        unique_fd peer;
        socket_transport stream;

        void send(std::string_view text) const {
            BOOST_REQUIRE(::send(peer.get(), text.data(), text.size(), 0) ==
                          static_cast<ssize_t>(text.size()));
        }
        std::string read(error_code& ec, std::size_t most = 100) {
            std::string text(most, '\0');
            text.resize(stream.read_some(text, ec));
            return text;
        }
    };

    connection connect() {
        auto [one, other] = connected();
        return {.peer = std::move(one), .stream = socket_transport(ready, std::move(other))};
    }
    void poll() {
        for (int i = 0; i < 5; ++i) {
            context.poll();
        }
    }
};

/// The result of a wait: a handler has to be trivially copyable.
struct outcome_slot {
    std::optional<error_code> seen;
    auto handler() {
        return [this](error_code ec) { seen = ec; };
    }
};

BOOST_FIXTURE_TEST_SUITE(ready_set_, fixture)

BOOST_AUTO_TEST_CASE(a_wait_is_over_when_bytes_come) {
    auto one = connect();
    error_code ec;
    BOOST_TEST(one.read(ec).empty());
    BOOST_TEST((ec == net::error::would_block));
    BOOST_TEST(one.stream.is_drained());
    outcome_slot over;
    one.stream.async_wait_readable(over.handler());
    poll();
    BOOST_TEST(!over.seen);
    one.send("hello");
    poll();
    BOOST_REQUIRE(over.seen);
    BOOST_TEST(!*over.seen);
    BOOST_TEST(one.read(ec) == "hello");
}

BOOST_AUTO_TEST_CASE(a_wait_for_bytes_is_not_disturbed_by_room_to_write) {
    auto one = connect();
    error_code ec;
    for (int i = 0; i < 2; ++i) { // its first wait, and a later one
        BOOST_TEST(one.read(ec).empty());
        poll();
        outcome_slot over;
        one.stream.async_wait_readable(over.handler());
        BOOST_TEST(context.poll() == 0U);
        one.send("hello");
        poll();
        BOOST_REQUIRE(over.seen);
        BOOST_TEST(one.read(ec) == "hello");
    }
}

// The kernel ends a read before an urgent byte; the bytes after it cause no further event.
BOOST_AUTO_TEST_CASE(urgent_data_hides_nothing_that_came_behind_it) {
    auto one = connect();
    outcome_slot first;
    one.stream.async_wait_readable(first.handler()); // it is in the set from now on
    poll();
    one.send("before");
    BOOST_REQUIRE(::send(one.peer.get(), "!", 1, MSG_OOB) == 1);
    one.send("behind");
    poll();
    BOOST_REQUIRE(first.seen);
    error_code ec;
    BOOST_TEST(one.read(ec) == "before");
    BOOST_TEST(one.stream.is_drained());
    outcome_slot second;
    one.stream.async_wait_next(second.handler());
    poll();
    BOOST_REQUIRE(second.seen);
    BOOST_TEST(one.read(ec) == "behind");
    outcome_slot third; // and it does not spin
    one.stream.async_wait_next(third.handler());
    poll();
    BOOST_TEST(!third.seen);
}

BOOST_AUTO_TEST_CASE(a_short_read_has_emptied_the_socket_and_a_full_one_has_not) {
    auto one = connect();
    one.send("hello");
    error_code ec;
    BOOST_TEST(one.read(ec, 4) == "hell");
    BOOST_TEST(!one.stream.is_drained());
    BOOST_TEST(one.read(ec, 4) == "o");
    BOOST_TEST(one.stream.is_drained());
    one.send("more"); // before the wait begins
    BOOST_TEST(one.read(ec).empty());
    BOOST_TEST((ec == net::error::would_block));
    for (int i = 0; i < 3; ++i) { // its first wait, and later ones
        outcome_slot over;
        one.stream.async_wait_next(over.handler());
        poll();
        BOOST_REQUIRE(over.seen);
        BOOST_TEST(one.read(ec) == "more");
        BOOST_TEST(one.stream.is_drained());
        one.send("more");
    }
}

BOOST_AUTO_TEST_CASE(a_wait_that_is_not_sure_finds_what_a_short_read_has_left) {
    auto one = connect();
    outcome_slot first;
    error_code ec;
    BOOST_TEST(one.read(ec).empty());
    one.stream.async_wait_readable(first.handler()); // from now on a member
    one.send("ab");
    BOOST_REQUIRE(::send(one.peer.get(), "!", 1, MSG_OOB) == 1); // urgent: a read ends before it
    one.send("cd");
    poll();
    BOOST_TEST(one.read(ec) == "ab");
    BOOST_TEST(one.stream.is_drained()); // apparently
    outcome_slot second;
    one.stream.async_wait_readable(second.handler());
    poll();
    BOOST_TEST(second.seen.has_value());
    BOOST_TEST(one.read(ec) == "cd");
}

BOOST_AUTO_TEST_CASE(what_came_before_anybody_waited_again_is_not_lost) {
    auto one = connect();
    outcome_slot first;
    error_code ec;
    BOOST_TEST(one.read(ec).empty());
    one.stream.async_wait_readable(first.handler()); // from now on a member
    one.send("1");
    poll();
    BOOST_TEST(one.read(ec) == "1");
    one.send("2");
    poll(); // the event finds no waiting handler
    BOOST_TEST(!one.stream.is_drained());
    outcome_slot second;
    one.stream.async_wait_readable(second.handler());
    BOOST_TEST(!second.seen); // never from within the call
    poll();
    BOOST_TEST(second.seen.has_value());
    BOOST_TEST(one.read(ec) == "2");
}

BOOST_AUTO_TEST_CASE(the_end_is_found_behind_the_last_bytes) {
    for (const bool is_member : {false, true}) {
        auto one = connect();
        error_code ec;
        if (is_member) {
            BOOST_TEST(one.read(ec).empty());
            outcome_slot over;
            one.stream.async_wait_readable(over.handler());
            one.send(".");
            poll();
            BOOST_TEST(one.read(ec) == ".");
        }
        one.send("last");
        ::shutdown(one.peer.get(), SHUT_WR);
        if (is_member) {
            poll(); // bytes and end in one event
        }
        BOOST_TEST(one.read(ec) == "last");
        outcome_slot over;
        one.stream.async_wait_readable(over.handler());
        poll();
        BOOST_TEST(over.seen.has_value());
        BOOST_TEST(one.read(ec).empty());
        BOOST_TEST((ec == net::error::eof));
    }
}

BOOST_AUTO_TEST_CASE(a_full_socket_is_writable_when_the_peer_has_read) {
    auto one = connect();
    const std::string much(1 << 20, 'x');
    error_code ec;
    std::size_t sent = 0;
    while (!ec) {
        sent += one.stream.write_some(much, follow_up::none, ec);
    }
    BOOST_TEST((ec == net::error::would_block));
    outcome_slot over;
    one.stream.async_wait_writable(over.handler());
    poll();
    BOOST_TEST(!over.seen);
    std::string got(sent, '\0');
    for (std::size_t taken = 0; taken < sent;) {
        const auto more = ::read(one.peer.get(), got.data(), sent - taken);
        BOOST_REQUIRE(more > 0);
        taken += static_cast<std::size_t>(more);
    }
    poll();
    BOOST_REQUIRE(over.seen);
    BOOST_TEST(!*over.seen);
    BOOST_TEST(one.stream.write_some("y", follow_up::none, ec) == 1U);
}

BOOST_AUTO_TEST_CASE(a_peer_that_resets_ends_either_wait) {
    for (const bool writes : {false, true}) {
        auto one = connect();
        error_code ec;
        outcome_slot over;
        if (writes) {
            const std::string much(1 << 20, 'x');
            while (!ec) {
                one.stream.write_some(much, follow_up::none, ec);
            }
            one.stream.async_wait_writable(over.handler());
        } else {
            BOOST_TEST(one.read(ec).empty());
            one.stream.async_wait_readable(over.handler());
        }
        poll();
        BOOST_TEST(!over.seen);
        const linger reset{.l_onoff = 1, .l_linger = 0};
        ::setsockopt(one.peer.get(), SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
        one.peer = {};
        poll();
        BOOST_TEST(over.seen.has_value());
        BOOST_TEST((one.stream.peek() == peer_state::gone));
    }
}

BOOST_AUTO_TEST_CASE(cancelling_and_closing_end_the_wait_soon) {
    auto one = connect();
    error_code ec;
    BOOST_TEST(one.read(ec).empty());
    outcome_slot over;
    one.stream.async_wait_readable(over.handler());
    one.stream.cancel_wait();
    BOOST_TEST(!over.seen);
    poll();
    BOOST_REQUIRE(over.seen);
    BOOST_TEST((*over.seen == net::error::operation_aborted));
    one.stream.cancel_wait(); // no wait, so no effect
    poll();

    outcome_slot again;
    one.stream.async_wait_readable(again.handler());
    one.send("too late");
    one.stream.close();
    poll();
    BOOST_REQUIRE(again.seen);
    BOOST_TEST(again.seen->failed());

    outcome_slot never;
    one.stream.async_wait_writable(never.handler()); // of a closed socket
    poll();
    BOOST_TEST(never.seen.has_value());
}

BOOST_AUTO_TEST_CASE(who_goes_in_the_same_batch_is_not_called) {
    struct pair {
        std::optional<connection> one;
        std::optional<connection> other;
        int calls = 0;
    } both{.one = connect(), .other = connect()};
    for (auto* const mine : {&both.one, &both.other}) {
        auto* const others = mine == &both.one ? &both.other : &both.one;
        error_code ec;
        BOOST_TEST((*mine)->read(ec).empty());
        (*mine)->stream.async_wait_readable([others, calls = &both.calls](error_code) {
            ++*calls;
            others->reset();
        });
    }
    both.one->send("1");
    both.other->send("2");
    poll();
    BOOST_TEST(both.calls == 1);
}

BOOST_AUTO_TEST_CASE(who_goes_with_its_wait_due_is_not_called) {
    auto one = std::make_unique<connection>(connect());
    outcome_slot over;
    one->stream.async_wait_readable(over.handler()); // data may be available, so it is due at once
    one.reset();
    poll();
    BOOST_TEST(!over.seen);
}

BOOST_AUTO_TEST_CASE(more_than_a_batch_is_served) {
    std::vector<std::unique_ptr<connection>> many;
    std::vector<std::unique_ptr<outcome_slot>> over;
    for (int i = 0; i < 300; ++i) {
        many.push_back(std::make_unique<connection>(connect()));
        over.push_back(std::make_unique<outcome_slot>());
        error_code ec;
        BOOST_REQUIRE(many.back()->read(ec).empty());
        many.back()->stream.async_wait_readable(over.back()->handler());
    }
    for (const auto& one : many) {
        one->send("x");
    }
    int runs = 0;
    for (; runs < 20 && !over.back()->seen; ++runs) {
        context.poll_one();
    }
    poll();
    for (const auto& one : over) {
        BOOST_REQUIRE(one->seen);
    }
    BOOST_TEST(runs > 1); // Asio had a turn in between
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
