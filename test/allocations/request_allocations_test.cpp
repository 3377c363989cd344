// Checks that the steady state of a keep-alive connection allocates no memory: a real worker, the
// product's handlers and a TCP connection, all on one thread, with all allocations of the server's
// side counted. Not a timing: a single new allocation fails the test.

#include "core/media/catalogue.hpp"
#include "http/connection/bare_sessions.hpp"
#include "http/connection/worker.hpp"
#include "http/handlers/download_handler.hpp"
#include "http/handlers/token_handler.hpp"
#include "test/allocations/counting.hpp"
#include "test/support/fake_clock.hpp"
#include "test/support/layouts.hpp"
#include "test/support/temp_dir.hpp"
#include "test/support/token_forge.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/test/unit_test.hpp>

#include <atomic>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace {

namespace core = sluice::core;
using namespace sluice::http; // NOLINT(google-build-using-namespace)

constexpr std::string_view folder = "trainer1/course1/module1/lesson1/";

struct lines final : log_sink {
    std::size_t bytes = 0;
    bool write(std::string& more) noexcept override {
        bytes += more.size();
        return true;
    }
};

struct media_files : sluice::test::temp_dir {
    media_files() {
        write_file(std::string(folder) + "1k.mp4", std::string(1024, 'k'));
        write_file(std::string(folder) + "64k.mp4", std::string(65536, 'x'));
    }
};

struct service {
    explicit service(log_sink* sink) : server(site_of(), sink) {
        const tcp::endpoint any(net::ip::address_v4::loopback(), 0);
        acceptor.open(any.protocol());
        acceptor.bind(any);
        acceptor.listen();
        client.connect(acceptor.local_endpoint());
        tcp::socket accepted(server.context());
        acceptor.accept(accepted);
        accepted.non_blocking(true);
        peer_info peer;
        peer.address = "127.0.0.1";
        peer.is_loopback = true;
        connection_gate::verdict served;
        served.how = admission::served;
        server.adopt(
            arrival{core::unique_fd(accepted.release()), std::move(peer), std::move(served)}, bare);
    }

    std::shared_ptr<const site> site_of() {
        limits.requests_per_connection = 1000000;
        return std::make_shared<const site>(
            site{routes, cors, clock, limits, {}, {}, &users, nullptr, draining});
    }

    /// Makes one exchange; returns the number of allocations of the server's side.
    std::size_t exchange(const std::string& request, std::size_t body_bytes) {
        client.send(net::buffer(request));
        answer.clear();
        std::size_t made = 0;
        std::size_t wanted = std::string::npos;
        for (int turn = 0; turn < 100000 && answer.size() < wanted; ++turn) {
            const auto before = sluice::test::allocations_so_far();
            server.context().poll();
            made += sluice::test::allocations_so_far() - before;
            if (const auto waiting = client.available(); waiting > 0) {
                const auto old = answer.size();
                answer.resize(old + waiting);
                client.read_some(net::buffer(answer.data() + old, waiting));
            }
            if (const auto end = answer.find("\r\n\r\n"); end != std::string::npos) {
                wanted = body_bytes == 0 ? answer.size() : end + 4 + body_bytes;
            }
        }
        return made;
    }

    sluice::test::fake_clock clock;
    media_files files;
    core::media_store store{files.path()};
    core::media_layout layout = sluice::test::default_layout();
    core::catalogue courses{store, layout.course.course_directory()};
    core::course_owners of_courses{{&courses}};
    core::media_library library{{{.layout = layout, .store = &store}}, of_courses};
    core::key_ring ring = sluice::test::two_keys();
    core::token_service tokens{ring, {}};
    core::issuer_gate gate{core::issuer_mode::local};
    core::ownership owners{of_courses, library.origins(), core::media_owners::trainers};
    cors_policy cors{{}};
    user_transfers users;
    storage devices{{}, [](const storage_device&) {}};
    core::peer_rates rates;
    bad_credentials bad{rates, {}};
    download_handler downloads{core::media_kind::lesson,
                               {tokens, {library, &devices, nullptr}, false, {}, bad, users}};
    token_handler mint{{.gate = gate,
                        .entitlement = owners,
                        .media = {library, &devices, nullptr},
                        .tokens = tokens,
                        .cors = cors,
                        .waiting = nullptr,
                        .owners = owners,
                        .clock = clock,
                        .bad = bad,
                        .audit = nullptr},
                       ""};
    std::vector<route> table{
        {"/download2/*/*/*/*/*", route_label::download, &downloads},
        {"/api/get-download-token/v2", route_label::token, &mint},
    };
    router routes{table};
    session_limits limits;
    std::atomic<bool> draining{false};
    bare_sessions bare;
    worker server;
    net::io_context elsewhere;
    tcp::acceptor acceptor{elsewhere};
    tcp::socket client{elsewhere};
    std::string answer;
};

std::string download(service& with, const std::string& name, const std::string& more = {}) {
    const auto media = core::media_id::lesson("trainer1", "course1", "module1", "lesson1", name);
    const auto token = with.tokens.issue(*media, "trainer1", {}, with.clock.wall_seconds()).token;
    return "GET /download2/" + std::string(folder) + name +
           " HTTP/1.1\r\nHost: 127.0.0.1\r\n"
           "User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:109.0) Gecko/20100101 Firefox/115.0\r\n"
           "Authorization: Bearer " +
           token + "\r\n" + more + "\r\n";
}

const std::string mint =
    "GET /api/get-download-token/v2?type=lesson&user_id=trainer1&rel=trainer1/"
    "course1/module1/lesson1&filename=64k.mp4 HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n";

/// The allocations of 200 exchanges, after 200 that fill caches, pools and the log's buffer.
std::size_t steady(service& with, const std::vector<std::string>& requests, std::string_view status,
                   std::size_t body_bytes) {
    std::size_t made = 0;
    for (std::size_t i = 0; i < 400; ++i) {
        const auto count = with.exchange(requests[i % requests.size()], body_bytes);
        BOOST_REQUIRE_EQUAL(with.answer.substr(0, 12), std::string("HTTP/1.1 ").append(status));
        made += i < 200 ? 0 : count;
    }
    return made;
}

BOOST_AUTO_TEST_SUITE(request_allocations)

BOOST_AUTO_TEST_CASE(the_counter_counts) {
    const auto before = sluice::test::allocations_so_far();
    const auto one = std::make_unique<int>(1);
    BOOST_TEST(sluice::test::allocations_so_far() == before + 1);
}

BOOST_AUTO_TEST_CASE(downloads_ask_for_no_memory) {
    lines log;
    for (auto* const sink : {static_cast<log_sink*>(nullptr), static_cast<log_sink*>(&log)}) {
        BOOST_TEST_CONTEXT((sink == nullptr ? "without" : "with") << " an access log") {
            service with(sink);
            const std::vector<std::string> small{download(with, "1k.mp4"),
                                                 download(with, "1k.mp4")};
            BOOST_TEST(steady(with, small, "200", 1024) == 0U);
            BOOST_TEST(steady(with, {download(with, "64k.mp4")}, "200", 65536) == 0U);
            BOOST_TEST(steady(with, {download(with, "64k.mp4", "Range: bytes=100-9099\r\n")}, "206",
                              9000) == 0U);
        }
    }
}

BOOST_AUTO_TEST_CASE(issuing_a_token_asks_for_no_memory) {
    service with(nullptr);
    BOOST_TEST(steady(with, {mint}, "200", 0) == 0U);
}

// Not zero, but bounded: a rejection builds its text.
BOOST_AUTO_TEST_CASE(a_refusal_asks_for_little) {
    service with(nullptr);
    const std::string unknown = "GET /nothing HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n";
    BOOST_TEST(steady(with, {unknown}, "404", 0) <= 200U * 4U);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
