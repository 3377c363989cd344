#include "app/status/status_handler.hpp"

#include "app/process/version.hpp"
#include "core/text/timestamp.hpp"
#include "core/text/utf8.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <unistd.h>

#include <algorithm>
#include <array>
#include <climits>
#include <memory>
#include <string_view>

namespace sluice::app {

namespace json = boost::json;

namespace {

using std::chrono::floor;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr milliseconds same_answer{250};
constexpr milliseconds longest_wait{3000}; // a round ends within a second

std::string text_of(std::chrono::sys_seconds time) {
    return core::format_timestamp(time.time_since_epoch().count());
}

/// `text` as a JSON string can hold it: a mount point may be any bytes.
std::string valid(std::string text) {
    if (!core::is_valid_utf8(text)) {
        core::mask_unprintable(text);
    }
    return text;
}

/// The path of an open descriptor; empty when the kernel does not tell it. Reads no disk.
std::string path_of(int descriptor) {
    std::array<char, PATH_MAX> path{};
    const auto link = "/proc/self/fd/" + std::to_string(descriptor);
    const auto size = ::readlink(link.c_str(), path.data(), path.size());
    return {path.data(), size > 0 ? static_cast<std::size_t>(size) : 0};
}

/// The path of a media root now.
struct root_path {
    std::string_view origin;
    std::string path;
};

/// The place of a file that is sent.
struct sent_file {
    std::string_view origin; // empty: none of the roots, as after a reload
    std::string path;        // below its root or prefix; the whole path without an origin
};

sent_file place_of(const http::transfer_facts& one, const std::vector<root_path>& roots) {
    if (!one.media->fd) {
        return {one.origin, one.path};
    }
    auto path = path_of(one.media->fd.get());
    const root_path* in = nullptr; // of roots inside one another, the innermost
    for (const auto& root : roots) {
        if (!root.path.empty() && path.size() > root.path.size() + 1 &&
            path.starts_with(root.path) && path[root.path.size()] == '/' &&
            (in == nullptr || root.path.size() > in->path.size())) {
            in = &root;
        }
    }
    if (in == nullptr) {
        return {{}, valid(std::move(path))};
    }
    return {in->origin, valid(path.substr(in->path.size() + 1))};
}

std::uint64_t sum_of(const std::vector<const http::counters*>& all,
                     http::counter http::counters::*which) noexcept {
    std::uint64_t sum = 0;
    for (const auto* const one : all) {
        sum += (one->*which).value();
    }
    return sum;
}

json::object connections_of(const std::vector<const http::counters*>& all, unsigned limit) {
    json::object states;
    for (std::size_t i = 0; i < http::connection_state_count; ++i) {
        std::uint64_t sum = 0;
        for (const auto* const one : all) {
            sum += one->connections[i].value();
        }
        states[name_of(static_cast<http::connection_state>(i))] = sum;
    }
    return {{"open", sum_of(all, &http::counters::connections_open)},
            {"limit", limit},
            {"accepted", sum_of(all, &http::counters::connections_accepted)},
            {"states", std::move(states)}};
}

json::object limits_of(const status_board& board, const std::vector<const http::counters*>& all) {
    const auto reached = board.limits.reached(board.clock.steady(), totals_of(all));
    json::object out;
    for (std::size_t i = 0; i < reached.size(); ++i) {
        if (reached[i] > 0) {
            out[name_of(static_cast<http::limit_label>(i))] = reached[i];
        }
    }
    return out;
}

json::array devices_of(const http::storage& all, unsigned threads) {
    json::array out;
    for (const auto& one : all.devices()) {
        const auto opens = one->opens().look();
        const auto reads = one->reads().look();
        out.push_back({{"device", one->where().device},
                       {"mount", valid(one->where().point)},
                       {"type", one->where().type},
                       {"away", one->is_away()},
                       {"threads", threads},
                       {"reading", reads.busy},
                       {"opening", opens.busy},
                       {"waiting", opens.waiting + reads.waiting}});
    }
    return out;
}

json::array reloads_of(const reload_history& from) {
    json::array out;
    for (const auto& one : from.list()) {
        out.push_back({{"time", text_of(one.at)},
                       {"what", one.what},
                       {"result", one.is_done ? "done" : "refused"},
                       {"detail", valid(one.detail)}});
    }
    return out;
}

/// The seconds since `then`, with three decimals.
double seconds_since(std::chrono::steady_clock::time_point then,
                     std::chrono::steady_clock::time_point now) {
    constexpr double thousand = 1000;
    return static_cast<double>(std::max<std::int64_t>(0, floor<milliseconds>(now - then).count())) /
           thousand;
}

json::object transfer_of(const http::transfer_facts& one, const std::vector<root_path>& roots,
                         std::chrono::steady_clock::time_point now) {
    const auto file = place_of(one, roots);
    const auto age = seconds_since(one.started, now);
    constexpr double least = 0.001;
    constexpr double hundred = 100;
    const auto sent = static_cast<double>(one.sent);
    return {
        {"request_id", one.request_id},
        {"origin", json::string_view(file.origin.data(), file.origin.size())},
        {"file", file.path},
        {"size", one.media->facts.size},
        {"bytes", one.sent},
        {"length", one.length},
        {"percent", static_cast<std::uint64_t>(
                        one.length == 0 ? 0 : hundred * sent / static_cast<double>(one.length))},
        {"rate", static_cast<std::uint64_t>(sent / std::max(age, least))},
        {"age_s", age},
        {"waits_for", name_of(one.waits_for)}};
}

void send(std::string_view text, http::reply& out) {
    auto& response = out.begin(200);
    response.field("Cache-Control", "no-store");
    response.finish_with("application/json", text);
}

} // namespace

void status_handler::handle(http::request& in, http::reply& out) const {
    auto& last = with_.board.last;
    const bool is_fresh = last && in.steady_now - last->began() < same_answer;
    if (is_fresh && !last->answer().empty()) {
        send(last->answer(), out);
        return;
    }
    if (!last || last->has_ended()) {
        last = std::make_shared<transfer_round>();
        last->start(*with_.board.own, with_.board.serving, in.steady_now);
    }
    // A listener is copied. While the request is wanted, it keeps this handler alive.
    auto done = std::make_shared<http::completion>(
        out.suspend(http::problem_id::internal, {.time = longest_wait}));
    last->await([this, done = std::move(done)](transfer_round& round) {
        if (!done->is_wanted()) {
            return;
        }
        if (round.answer().empty()) {
            round.keep(render(round));
        }
        done->complete([round = round.shared_from_this()](http::request&, http::reply& later) {
            send(round->answer(), later);
        });
    });
}

std::string status_handler::render(const transfer_round& from) const {
    const auto& board = with_.board;
    const auto now = board.clock.steady();
    const auto state = with_.is_draining.load(std::memory_order_relaxed)  ? "draining"
                       : with_.is_leaving.load(std::memory_order_relaxed) ? "leaving"
                                                                          : "serving";
    json::object all{{"version", version()},
                     {"pid", ::getpid()},
                     {"state", state},
                     {"time", text_of(board.clock.wall_seconds())},
                     {"started", text_of(board.started)},
                     {"uptime_s", floor<seconds>(now - board.began).count()},
                     {"threads", board.serving.size()},
                     {"silent_threads", from.silent()},
                     {"connections", connections_of(with_.counters, with_.connections)},
                     {"requests_active", sum_of(with_.counters, &http::counters::requests_active)},
                     {"bytes_sent", sum_of(with_.counters, &http::counters::bytes_sent)},
                     {"tokens_issued", sum_of(with_.counters, &http::counters::tokens_issued)},
                     {"limits_reached", limits_of(board, with_.counters)},
                     {"storage", devices_of(with_.devices, with_.threads_of_device)},
                     {"reloads", reloads_of(board.reloads)}};
    with_.add_more(all);
    std::vector<root_path> roots;
    for (const auto& [origin, fd] : with_.media_roots) {
        roots.push_back({origin, path_of(fd)});
    }
    json::array transfers;
    for (const auto& one : from.found().oldest) {
        auto row = transfer_of(one, roots, now);
        if (with_.shows_users && !one.user_id.empty()) {
            const auto name = with_.names.of(one.user_id);
            row["user"] = json::string_view(name.data(), name.size());
        }
        transfers.push_back(std::move(row));
    }
    all["transfers"] = std::move(transfers);
    all["transfers_more"] = from.found().more;
    return json::serialize(all) + "\n";
}

} // namespace sluice::app
