#include "http/client/connect_race.hpp"
#include "test/support/scripted_server.hpp"

#include <boost/test/unit_test.hpp>

#include <sys/socket.h>

#include <chrono>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

using namespace sluice::http;
using namespace std::chrono_literals;
using sluice::test::run_a_moment;
using sluice::test::run_until;

namespace {

using clock = std::chrono::steady_clock;

/// Addresses of each kind: one that accepts, one that refuses, one that does not answer.
struct places {
    places() {
        {
            const tcp::acceptor closed(context, any());
            refuses = closed.local_endpoint();
        }
        accepts = good.local_endpoint();
        // A listener whose queue is full answers no further SYN.
        BOOST_TEST_REQUIRE(::listen(dead.native_handle(), 0) == 0);
        silent = dead.local_endpoint();
        for (int i = 0; i < 4; ++i) {
            auto& one = fill.emplace_back(context, tcp::v4());
            one.non_blocking(true);
            // Asio's connect() would wait, although the socket does not block.
            (void)::connect(one.native_handle(), silent.data(),
                            static_cast<socklen_t>(silent.size()));
        }
    }
    static tcp::endpoint any() { return {net::ip::address_v4::loopback(), 0}; }

    struct outcome {
        std::uint16_t port = 0; // that won
        std::optional<call_fault> fault{};
    };
    outcome race(std::vector<tcp::endpoint> to) {
        std::optional<outcome> got;
        const auto one =
            connect_race::start(context, std::move(to), 0, [&](call_result<tcp::socket> won) {
                got.emplace();
                if (won) {
                    got->port = won->remote_endpoint().port();
                } else {
                    got->fault = std::move(won.error());
                }
            });
        BOOST_TEST(!got.has_value()); // not from inside start()
        run_until(context, [&] { return got.has_value(); });
        return *got;
    }

    net::io_context context;
    tcp::acceptor good{context, any()};
    tcp::acceptor dead{context, any()};
    std::vector<tcp::socket> fill;
    tcp::endpoint accepts;
    tcp::endpoint refuses;
    tcp::endpoint silent;
};

} // namespace

BOOST_AUTO_TEST_SUITE(connect_race_suite, *boost::unit_test::timeout(60))

BOOST_AUTO_TEST_CASE(the_first_that_accepts_wins) {
    places all;
    BOOST_TEST(all.race({all.accepts}).port == all.accepts.port());
    BOOST_TEST(all.race({all.refuses, all.accepts}).port == all.accepts.port());
    BOOST_TEST(all.race({all.accepts, all.silent}).port == all.accepts.port());
}

BOOST_AUTO_TEST_CASE(a_dead_address_costs_a_moment) {
    places all;
    const auto began = clock::now();
    BOOST_TEST(all.race({all.silent, all.refuses, all.accepts}).port == all.accepts.port());
    BOOST_TEST((clock::now() - began < 5s)); // a connection attempt lasts for minutes
}

BOOST_AUTO_TEST_CASE(none_accepts) {
    places all;
    const auto none = all.race({all.refuses, all.refuses});
    BOOST_TEST_REQUIRE(none.fault.has_value());
    BOOST_TEST((none.fault->what == call_fault::kind::connect));
    BOOST_TEST(none.fault->cause.find("127.0.0.1 port ") != std::string::npos);
    BOOST_TEST(none.fault->cause.find("Connection refused") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(the_receive_buffer_is_as_asked) {
    places all;
    std::optional<int> size;
    const auto race = connect_race::start(all.context, {all.accepts}, 65536,
                                          [&](const call_result<tcp::socket>& won) {
                                              BOOST_REQUIRE(won);
                                              net::socket_base::receive_buffer_size found;
                                              won->get_option(found);
                                              size = found.value();
                                          });
    run_until(all.context, [&] { return size.has_value(); });
    BOOST_TEST(*size == 65536);
}

BOOST_AUTO_TEST_CASE(cancelled) {
    places all;
    bool is_called = false;
    auto race = connect_race::start(all.context, {all.silent, all.silent, all.accepts}, 0,
                                    [&](const call_result<tcp::socket>&) { is_called = true; });
    run_a_moment(all.context);
    BOOST_TEST(race->progress().starts_with("127.0.0.1 port "));
    race->cancel();
    race.reset();
    all.context.restart();
    all.context.run_for(400ms); // longer than the head start
    BOOST_TEST(!is_called);
}

BOOST_AUTO_TEST_SUITE_END()
