// Fuzzes a whole connection: bytes in, in parts, and responses out. For any input: every response
// is well-formed and belongs to one request, in order; no response follows one that closes;
// ambiguous framing closes the connection; no byte of a file is sent without its token; and the
// session ends when its peer does.
//
// The input is the bytes of the client, followed by eight control bytes: the sizes of the parts,
// the room for each write, and whether the client closes or goes silent. "@TOKEN@" is replaced by a
// valid token.
#include "http/connection/session_end.hpp"
#include "test/fuzz/memory_transport.hpp"
#include "test/fuzz/session_world.hpp"
#include "test/fuzz/strict_reader.hpp"

#include <array>

using namespace sluice;
using fuzz::world;
using namespace std::chrono_literals;

namespace {

constexpr std::string_view token_mark = "@TOKEN@";

struct steering {
    std::array<std::uint8_t, 8> bytes{};
    std::size_t turn = 0;

    std::size_t next_part() {
        const auto part = bytes[turn++ % (bytes.size() - 2)];
        return part == 0xFF ? 100'000 : part + 1U;
    }
    /// The next state of a suspended request: completed, dropped, or still waiting.
    enum class fate { completed, dropped, waits };
    fate next_fate() {
        const auto choice = bytes[turn++ % (bytes.size() - 2)] % 4;
        return choice == 0 ? fate::completed : choice == 1 ? fate::dropped : fate::waits;
    }
    [[nodiscard]] std::size_t window() const {
        return bytes[6] == 0xFF ? 1'000'000 : (bytes[6] + 1U) * 16;
    }
    [[nodiscard]] bool ends() const { return bytes[7] % 2 == 1; }
};

/// Completes or drops the suspended request, if there is one; false when it stays suspended.
bool settle(world& all, steering& steer) {
    if (all.held.empty()) {
        return false;
    }
    const auto what = steer.next_fate();
    if (what == steering::fate::completed) {
        all.held.back().complete([](http::request& in, http::reply& out) {
            out.begin(200).finish_with("text/plain", in.path.view().back());
        });
    }
    if (what != steering::fate::waits) {
        all.held.pop_back();
    }
    return what != steering::fate::waits;
}

/// Everything that the session wrote until its end.
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
        if (!settle(all, steer) && !peer.step() && all.server.context().poll() == 0) {
            peer.room = peer.written.max_size(); // a 408 finds an empty socket buffer
            all.clock.advance(11s);
            all.server.deadlines().advance(all.clock.steady());
        }
    }
    all.held.clear(); // these are no longer needed
    all.server.context().poll();
    fuzz::require(all.server.count().connections_open.value() == 0);
    fuzz::require(all.server.count().requests_active.value() == 0);
    return peer;
}

void check_file(const world& all, const fuzz::sent_head& head, const fuzz::answer& got) {
    const bool is_of_file = got.value_of("ETag") || got.value_of("Content-Disposition") ||
                            got.status == 206 || got.status == 304;
    fuzz::require(got.content.find(fuzz::secret_content) == std::string_view::npos);
    if (!is_of_file) {
        return;
    }
    const auto fields = head.fields();
    const auto good = [&](const auto& line) {
        const auto text = line.second.substr(std::min(line.second.find(' '), line.second.size()));
        return fuzz::same_name(line.first, "Authorization") &&
               fuzz::same_name(line.second.substr(0, 7), "Bearer ") &&
               text.substr(std::min(text.find_first_not_of(' '), text.size())) == all.token;
    };
    fuzz::require(fields && std::ranges::count_if(*fields, good) == 1);
}

void check_echo(const fuzz::sent_head& head, const fuzz::answer& got) {
    const auto line = head.line();
    if (line.empty() || got.status != 200 || head.is_head()) {
        return;
    }
    const std::string_view route = line[1].starts_with("/later/") ? "/later/" : "/echo/";
    if (!line[1].starts_with(route)) {
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
    // A client that closes while its request is suspended gets no response; all others get all
    // their responses.
    const bool may_be_gone = peer.ends && sent.find("later") != sent.npos;
    const auto complete = heads.size() - (heads.empty() || heads.back().is_complete ? 0 : 1);
    fuzz::require(is_closed || may_be_gone || answered == complete);
}

world& shared_world() {
    static world all;
    return all;
}

} // namespace

// Checks that valid requests are served; otherwise the target would test nothing.
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
