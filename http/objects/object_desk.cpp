#include "http/objects/object_desk.hpp"

#include <algorithm>

namespace sluice::http {

namespace {

constexpr std::chrono::seconds round{1}; // between two looks at the readers

// Left to itself, the kernel gives a connection megabytes that its client may never take, and a
// thousand slow clients all of the memory that it has for TCP. This much covers 10 ms of delay at
// 25 MB/s with the default of s3.buffer.
constexpr int buffers_in_kernel = 8;

client::settings connections_of(const object_origin& origin) {
    return {.idle_life = std::chrono::milliseconds(30000), // stores close them after 60 s
            .idle_per_host = 64,
            .receive_buffer = buffers_in_kernel * static_cast<int>(origin.with().buffer),
            .counts = origin.connections()};
}

} // namespace

object_desk::object_desk(net::io_context& context) : context_(context), sweep_(context) {}

object_desk::~object_desk() = default;

client& object_desk::client_of(const object_origin& origin) {
    const auto found = std::ranges::find(clients_, origin.secure(), &connections::secure);
    if (found != clients_.end()) {
        return *found->by;
    }
    // Those of configurations that a reload has replaced.
    std::erase_if(clients_, [](const auto& one) { return one.secure.use_count() == 1; });
    return *clients_
                .emplace_back(
                    connections{origin.secure(), std::make_unique<client>(context_, origin.secure(),
                                                                          connections_of(origin))})
                .by;
}

void object_desk::find(const std::shared_ptr<object_origin>& origin, const std::string& path,
                       object_lookup::handler then) {
    const auto same =
        std::ranges::find_if(lookups_, [&](const auto& one) { return one.is_for(*origin, path); });
    if (same != lookups_.end()) {
        same->join(std::move(then));
        return;
    }
    auto& one = lookups_.emplace_back(*this, origin, path);
    const auto place = std::prev(lookups_.end());
    one.join(std::move(then));
    one.start([this, place] { lookups_.erase(place); });
}

void object_desk::watch(object_watched& one) {
    watched_.push_back(one);
    if (!is_sweeping_) {
        sweep_later();
    }
}

void object_desk::sweep_later() {
    is_sweeping_ = true;
    sweep_.expires_after(round);
    sweep_.async_wait([this](error_code ec) {
        if (ec) {
            return;
        }
        const auto now = std::chrono::steady_clock::now();
        for (auto& one : watched_) {
            one.release(now - one.patience());
        }
        is_sweeping_ = !watched_.empty();
        if (is_sweeping_) {
            sweep_later();
        }
    });
}

} // namespace sluice::http
