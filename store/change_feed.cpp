#include "store/change_feed.hpp"

#include <algorithm>
#include <utility>

namespace sluice::store {

using core::store_fault;
using core::store_result;

namespace {

/// Revocations in one read: few enough to hold in memory, and enough that the round trip is small
/// beside them.
constexpr std::size_t page = 10'000;

const store_fault too_many{
    store_fault::kind::unusable,
    "it contains more revocations than store.max_revocations; the newest ones have no effect"};

} // namespace

change_feed::change_feed(connector connect, const settings& with, const core::clock& time,
                         listener tell)
    : connect_(std::move(connect)), with_(with), time_(time), tell_(std::move(tell)),
      key_(crypto::random_siphash_key()),
      thread_([this](const std::stop_token& stop) { run(stop); }) {}

void change_feed::run(const std::stop_token& stop) {
    backoff pause;
    while (!stop.stop_requested()) {
        auto opened = connect_();
        const auto ended = opened ? follow(**opened, stop) : store_result<void>(opened.error());
        if (ended || stop.stop_requested()) {
            return;
        }
        const bool had_run = is_live_;
        set_live(false);
        const auto why = ended.error();
        report(&why);
        if (had_run) {
            pause.succeeded();
        }
        pause.failed(steady::now());
        std::unique_lock lock(pause_mutex_);
        pause_.wait_for(lock, stop, pause.left(steady::now()), [] { return false; });
    }
}

store_result<void> change_feed::follow(core::access_store& in, const std::stop_token& stop) {
    must_read_all_ = true; // the database that is reachable again may be another one
    steady::time_point next_look{};
    while (!stop.stop_requested()) {
        const auto changes = in.wait_for_change(with_.slice);
        if (!changes) {
            return changes.error();
        }
        if (changes->grants) {
            tell_.on_grants(is_live_);
        }
        if (changes->revocations || steady::now() >= next_look) {
            if (const auto read = catch_up(in); !read) {
                return read;
            }
            next_look = steady::now() + with_.poll;
            if (tell_.on_look) {
                tell_.on_look();
            }
        }
        set_live(true);
        report(is_too_small_ ? &too_many : nullptr);
        tidy(in);
    }
    return {};
}

store_result<void> change_feed::catch_up(core::access_store& in) {
    const auto now = in.position();
    if (!now) {
        return now.error();
    }
    if (!must_read_all_ && now->generation == known_.generation && now->last <= known_.last) {
        return {};
    }
    if (!must_read_all_ && now->generation == known_.generation) {
        const auto read = read_after(in, known_.last);
        tell_.on_revocations(table_); // also after a fault, for what was read before it
        return read;
    }
    // Reads everything into a new table. The table in force stays until the new one is complete.
    const auto in_force = std::exchange(table_, nullptr);
    table_ = std::make_shared<core::revocation_table>(key_, in_force ? in_force->size() : 0);
    const auto position_before = std::exchange(known_, {now->generation, 0});
    is_too_small_ = false;
    if (const auto read = read_after(in, 0); !read) {
        table_ = in_force;
        known_ = position_before;
        return read;
    }
    must_read_all_ = false;
    next_rebuild_ = steady::now() + with_.rebuild_interval;
    tell_.on_revocations(table_);
    return {};
}

store_result<void> change_feed::read_after(core::access_store& in, std::uint64_t position) {
    const auto now = time_.wall_seconds().time_since_epoch().count();
    for (;;) {
        const auto read = in.revocations_after(position, page);
        if (!read) {
            return read.error();
        }
        for (const auto& [place, one, made] : *read) {
            position = place;
            const bool has_expired = one.expires_at && *one.expires_at <= now &&
                                     made + with_.token_lifetime.count() <= now;
            if (!has_expired) {
                add(one);
            }
        }
        known_.last = std::max(known_.last, position);
        if (read->size() < page) {
            return {};
        }
    }
}

void change_feed::add(const core::revocation& one) {
    if (table_->add(one)) {
        return;
    }
    is_too_small_ = table_->size() >= with_.max_revocations;
    if (!is_too_small_) {
        table_ = table_->grown();
        static_cast<void>(table_->add(one));
    }
}

void change_feed::tidy(core::access_store& in) {
    const auto now = steady::now();
    if (now >= next_rebuild_) {
        must_read_all_ = true; // at the next look
    }
    if (now >= next_purge_) {
        next_purge_ = now + with_.purge_interval;
        // Failures are ignored: other nodes purge too, and on a read-only standby it always fails.
        // The next check reports any other fault.
        const auto wall = time_.wall_seconds().time_since_epoch().count();
        static_cast<void>(in.purge(wall, wall - with_.token_lifetime.count()));
    }
}

void change_feed::set_live(bool live) {
    if (std::exchange(is_live_, live) != live) {
        tell_.on_grants(live);
    }
}

void change_feed::report(const store_fault* fault) {
    const bool is_fault = fault != nullptr;
    if (std::exchange(was_reported_, is_fault) != is_fault) {
        tell_.on_state(fault);
    }
}

} // namespace sluice::store
