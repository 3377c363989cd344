#pragma once
// A worker whose thread is the test's, a few routes, and in-memory streams connected to it.

#include "http/connection/session_end.hpp"
#include "test/support/fake_clock.hpp"
#include "test/support/stream_transport.hpp"
#include "test/support/temp_dir.hpp"

#include <boost/beast/_experimental/test/stream.hpp>

#include <optional>
#include <string>
#include <vector>

namespace sluice::test {

using namespace sluice::http;         // NOLINT(google-build-using-namespace): for tests only
using namespace std::chrono_literals; // NOLINT(google-build-using-namespace)
namespace beast_test = boost::beast::test;

/// `media` as a handler keeps it, without field lines.
inline cached_file video_of(core::media_handle media) {
    return {.media = std::move(media), .owner = {}, .type = "video/mp4", .text = {}};
}

/// Echoes the path; "/file" responds with a slice of an open file, "/big" with a large text,
/// "/paced" at 100 bytes per second.
class test_handler final : public handler {
  public:
    explicit test_handler(core::media_handle media) : file_(video_of(std::move(media))) {}
    void handle(request& in, reply& out) const override {
        auto& response = out.begin(200);
        const auto& name = in.path.view()[0];
        if (name == "file") {
            response.field("Content-Type", "video/mp4");
            response.finish_with(file_, core::byte_slice{0, file_.media->facts.size});
        } else if (name == "parts") {
            const std::vector<core::byte_slice> slices{{0, 3}, {5, 2}};
            response.finish_with(file_, slices, "b");
        } else if (name == "big") {
            response.finish_with("text/plain", std::string(300'000, 'x'));
        } else {
            response.finish_with("text/plain", name);
        }
        if (name == "paced") {
            out.keep(
                std::make_unique<pace>(transfer_rates{.connection = 100}, user_transfers::place()));
        }
    }

  private:
    cached_file file_;
};

struct lines final : log_sink {
    std::string text;
    bool write(std::string& more) noexcept override {
        text += more;
        return true;
    }
};

inline core::media_handle open_file(const temp_dir& dir, std::uint64_t size_claimed) {
    const core::media_store store(dir.path(""));
    auto media = std::const_pointer_cast<core::open_media>(*store.open("f"));
    media->facts.size = size_claimed;
    return media;
}

/// A worker whose thread is the test's, and streams connected to it.
struct fixture {
    explicit fixture(std::uint64_t size_claimed = 10) {
        dir.write_file("f", "0123456789");
        handler.emplace(open_file(dir, size_claimed));
        table = {{"/*", route_label::download, &*handler}};
        routes.emplace(table);
        server.emplace(make_site(), &log);
    }

    [[nodiscard]] std::shared_ptr<const site> make_site() const {
        return std::make_shared<const site>(
            site{*routes, cors, clock, limits, {}, proxies, nullptr, nullptr, draining});
    }

    /// Connects, sends `text`, and runs until nothing is ready.
    beast_test::stream connect(const std::string& text, beast_test::fail_count* faults = nullptr,
                               admission how = admission::served) {
        beast_test::stream client(server->context());
        beast_test::stream remote = faults != nullptr
                                        ? beast_test::stream(server->context(), *faults)
                                        : beast_test::stream(server->context());
        client.connect(remote);
        using stream_session = session<stream_transport<beast_test::stream>>;
        auto* started = new stream_session(*server, stream_transport(std::move(remote)),
                                           {.address = "192.0.2.1", .is_loopback = false});
        started->start({.how = how, .limit = {}, .place = {}});
        send(client, text);
        return client;
    }
    void send(beast_test::stream& client, const std::string& text) {
        if (!text.empty()) {
            error_code ec;
            net::write(client, net::buffer(text), ec);
        }
        poll();
    }
    void poll() {
        server->context().restart();
        server->context().poll();
        server->check_delivery(); // two ticks
        server->check_delivery();
        server->log().flush();
    }
    void pass(std::chrono::milliseconds time) {
        clock.advance(time);
        server->deadlines().advance(clock.steady());
        poll();
    }
    /// From now on, serves new connections with `by` only.
    void serve(const http::handler& by, route_label label) {
        table = {{"/*", label, &by}};
        routes.emplace(table);
        server.emplace(make_site(), &log);
    }
    std::uint64_t open() { return server->count().connections_open.value(); }

    temp_dir dir;
    fake_clock clock;
    std::atomic<bool> draining{false};
    proxy_trust proxies;
    cors_policy cors{{"https://good.example"}};
    session_limits limits{
        .header = {.header_bytes = 1000, .header_fields = 10, .target_bytes = 200},
        .header_timeout = 10s,
        .idle_timeout = 75s,
        .handler_timeout = 5s,
        .transfer = {.stall = 60s, .min_bytes_per_second = 0, .grace = 60s},
        .requests_per_connection = 3,
        .cache = {}};
    lines log;
    std::optional<test_handler> handler;
    std::vector<route> table;
    std::optional<router> routes;
    std::optional<worker> server;
};

inline std::string received(beast_test::stream& client) {
    const auto text = client.str();
    return {text.data(), text.size()};
}

inline std::size_t count(const std::string& text, const std::string& what) {
    std::size_t n = 0;
    for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + 1)) {
        ++n;
    }
    return n;
}

inline const std::string get_a = "GET /a HTTP/1.1\r\nHost: h\r\n\r\n";
inline const std::string get_file = "GET /file HTTP/1.1\r\nHost: h\r\n\r\n";

} // namespace sluice::test
