// A whole connection: bytes in, in parts, answers out. What must hold whatever comes: every answer
// is well-formed and belongs to one request, in order; none follows one that closes; doubt about
// framing closes; nothing of a file leaves without its token; and the session ends when its peer
// does.
//
// The input is the bytes of the client and then eight that steer: the sizes of the parts, the room
// for each write, and whether the client closes or falls silent. "@TOKEN@" becomes a good token.
#include "core/token_service.hpp"
#include "crypto/base64url.hpp"
#include "crypto/jws.hpp"
#include "http/handlers/download_handler.hpp"
#include "http/session.hpp"
#include "test/fuzz/memory_transport.hpp"
#include "test/fuzz/strict_reader.hpp"
#include "test/support/temp_dir.hpp"

#include <array>
#include <optional>

using namespace sluice;
using namespace std::chrono_literals;

namespace {

constexpr std::string_view token_mark = "@TOKEN@";
constexpr std::string_view secret_content = "what no token of this test opens";

/// Wall time stands still, so that the token stays good.
class timer final : public core::clock {
  public:
    [[nodiscard]] std::chrono::system_clock::time_point wall() const noexcept override {
        return std::chrono::system_clock::time_point(1'700'000'000s);
    }
    [[nodiscard]] std::chrono::steady_clock::time_point steady() const noexcept override {
        return steady_;
    }
    void advance(std::chrono::seconds by) { steady_ += by; }

  private:
    std::chrono::steady_clock::time_point steady_{1000s};
};

/// Answers with the last segment of the path.
class echo_handler final : public http::handler {
  public:
    void handle(http::request& in, http::reply& out) const override {
        out.begin(200).finish_with("text/plain", in.path.view().back());
    }
};

core::key_ring make_ring() {
    std::vector<core::signing_key> keys;
    keys.emplace_back("k", *crypto::hmac_key::make("0123456789abcdef0123456789abcdef"));
    return core::key_ring(std::move(keys));
}

core::layout_template template_of(core::media_kind kind, const std::string& text) {
    std::string problem;
    return *core::layout_template::parse(kind, text, problem);
}

/// One worker for all inputs, with a guarded file, one beside it, and an echo.
struct world {
    world() {
        dir.write_file("t/c/m/l/Video.mp4", std::string(40'000, 'v'));
        dir.write_file("t/c/m/l/Other.mp4", std::string(secret_content));
        token = crypto::sign_compact(
            ring.newest().encoded_header(),
            R"({"type":"lesson","filename":"Video.mp4","rel":"t/c/m/l","user_id":"u","exp":1700000900})",
            ring.newest().key());
    }

    test::temp_dir dir;
    timer clock;
    std::atomic<bool> draining{false};
    core::key_ring ring = make_ring();
    core::token_service tokens{ring, {}};
    std::string token;
    core::media_layout layout{
        .lesson = template_of(core::media_kind::lesson,
                              "{trainer_id}/{course_id}/{module_id}/{lesson_id}/{filename}"),
        .course = template_of(core::media_kind::course, "{trainer_id}/{course_id}/{filename}"),
        .module = template_of(core::media_kind::module,
                              "{trainer_id}/{course_id}/{module_id}/{filename}")};
    core::media_store store{dir.path()};
    core::catalogue courses{store, {}};
    core::media_library library{layout, courses, store};
    http::download_handler download{core::media_kind::lesson, tokens, library, false};
    echo_handler echo;
    std::vector<http::route> table{{"/download2/*/*/*/*/*", http::route_label::download, &download},
                                   {"/echo/*", http::route_label::none, &echo}};
    http::router routes{table};
    http::cors_policy cors{{"https://good.example"}};
    http::session_limits limits{
        .header = {.header_bytes = 1024, .header_fields = 12, .target_bytes = 300},
        .header_timeout = 10s,
        .idle_timeout = 20s,
        .transfer = {},
        .requests_per_connection = 6,
        .cache = {}};
    http::worker server{std::make_shared<const http::site>(http::site{.routes = routes,
                                                                      .cors = cors,
                                                                      .clock = clock,
                                                                      .limits = limits,
                                                                      .log = {},
                                                                      .is_draining = draining}),
                        nullptr};
};

struct steering {
    std::array<std::uint8_t, 8> bytes{};
    std::size_t turn = 0;

    std::size_t next_part() {
        const auto part = bytes[turn++ % (bytes.size() - 2)];
        return part == 0xFF ? 100'000 : part + 1U;
    }
    [[nodiscard]] std::size_t window() const {
        return bytes[6] == 0xFF ? 1'000'000 : (bytes[6] + 1U) * 16;
    }
    [[nodiscard]] bool ends() const { return bytes[7] % 2 == 1; }
};

/// Everything that the session wrote by the time it was over.
fuzz::memory_connection converse(world& all, std::string_view text, steering steer) {
    fuzz::memory_connection peer;
    peer.incoming = text;
    peer.next_part = [&steer] { return steer.next_part(); };
    peer.window = peer.room = steer.window();
    peer.ends = steer.ends();
    auto* one = new http::session<fuzz::memory_transport>( // NOLINT: destroys itself
        all.server, fuzz::memory_transport(peer), {.address = "192.0.2.1", .is_loopback = false});
    one->start({.how = http::admission::served, .limit = {}, .place = {}});
    for (std::size_t steps = 0; !peer.is_gone; ++steps) {
        fuzz::require(steps < 100'000);
        if (all.server.context().poll() == 0 && !peer.step()) {
            peer.room = peer.written.max_size(); // a 408 finds an empty socket buffer
            all.clock.advance(11s);
            all.server.deadlines().advance(all.clock.steady());
        }
    }
    fuzz::require(all.server.count().connections_open.value() == 0);
    fuzz::require(all.server.count().requests_active.value() == 0);
    return peer;
}

void check_file(const world& all, const fuzz::sent_head& head, const fuzz::answer& got) {
    const bool is_of_file = got.value_of("ETag") || got.value_of("Content-Disposition") ||
                            got.status == 206 || got.status == 304;
    fuzz::require(got.content.find(secret_content) == std::string_view::npos);
    if (!is_of_file) {
        return;
    }
    const auto fields = head.fields();
    const auto good = [&](const auto& line) {
        return fuzz::same_name(line.first, "Authorization") &&
               fuzz::same_name(line.second.substr(0, 7), "Bearer ") &&
               line.second.substr(7) == all.token;
    };
    fuzz::require(fields && std::ranges::count_if(*fields, good) == 1);
}

void check_echo(const fuzz::sent_head& head, const fuzz::answer& got) {
    constexpr std::string_view route = "/echo/";
    const auto line = head.line();
    if (line.empty() || !line[1].starts_with(route) || got.status != 200 || head.is_head()) {
        return;
    }
    const auto segment = line[1].substr(route.size(), line[1].find('?') - route.size());
    fuzz::require(segment.find('%') != segment.npos || got.content == segment);
}

void check_refusal(const fuzz::sent_head& head, const fuzz::answer& got) {
    constexpr std::array framing{408U, 413U, 414U, 417U, 431U, 501U, 505U};
    fuzz::require(std::ranges::count(framing, got.status) == 0 || got.closes());
    if (got.status >= 400 && !head.is_head()) {
        fuzz::require(got.value_of("Content-Type") == "application/problem+json");
        fuzz::require(got.content.starts_with(R"({"type":"urn:sluice:problem:)"));
        fuzz::require(got.content.find(R"("status":)" + std::to_string(got.status)) !=
                      std::string_view::npos);
    }
}

void check(world& all, std::string_view sent, const fuzz::memory_connection& peer) {
    const auto heads = fuzz::cut_heads(sent);
    std::string_view rest = peer.written;
    std::size_t answered = 0;
    bool is_closed = false;
    while (!rest.empty()) {
        fuzz::require(!is_closed && answered < heads.size());
        const auto& head = heads[answered++];
        const auto got = fuzz::cut_answer(rest, head.is_head());
        is_closed = got.closes();
        fuzz::require(is_closed || head.is_beyond_doubt());
        fuzz::require(got.status >= 400 || got.status == 204 || head.is_beyond_doubt());
        check_file(all, head, got);
        check_echo(head, got);
        check_refusal(head, got);
    }
    fuzz::require(!is_closed || peer.is_shut);
    const auto complete = heads.size() - (heads.empty() || heads.back().is_complete ? 0 : 1);
    fuzz::require(is_closed || answered == complete);
}

world& shared_world() {
    static world all;
    return all;
}

} // namespace

// The target is worth nothing if the good requests are not served.
extern "C" int LLVMFuzzerInitialize(int*, char***) {
    auto& all = shared_world();
    const auto text =
        "GET /download2/t/c/m/l/Video.mp4 HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer " +
        all.token + "\r\n\r\nGET /echo/a HTTP/1.1\r\nHost: h\r\n\r\n";
    const auto peer = converse(all, text, {.bytes = {9, 0, 3, 200, 50, 1, 7, 1}});
    fuzz::require(peer.written.starts_with("HTTP/1.1 200 OK\r\n"));
    fuzz::require(peer.written.find("vvvvHTTP/1.1 200 OK\r\n") != std::string::npos);
    check(all, text, peer);
    return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    auto& all = shared_world();
    steering steer;
    if (size < steer.bytes.size()) {
        return 0;
    }
    std::string text(fuzz::text_of(data, size - steer.bytes.size()));
    std::copy_n(data + text.size(), steer.bytes.size(), steer.bytes.begin());
    for (auto at = text.find(token_mark); at != std::string::npos; at = text.find(token_mark, at)) {
        text.replace(at, token_mark.size(), all.token);
    }
    check(all, text, converse(all, text, steer));
    return 0;
}
