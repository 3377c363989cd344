#include "http/connection/session_base.hpp"

#include <algorithm>
#include <functional>
#include <new>
#include <string_view>
#include <utility>

namespace sluice::http {

session_base::session_base(worker& owner, peer_info peer)
    : counted_connection(owner), peer_(std::move(peer)), delivery_(owner, peer_) {}

session_base::~session_base() {
    release_inbound();
    if (out_) {
        out_->answer.clear(); // abandons its read, if one is in progress
        owner_.count().requests_active.subtract();
        owner_.outbounds().give_back(std::move(out_));
    }
}

transfer_view session_base::transfer() const noexcept {
    switch (phase_) {
    case phase::writing:
        return {out_.get(), paused_or(connection_state::writing)};
    case phase::throttled:
        return {out_.get(), connection_state::throttled};
    case phase::fetching:
        return {out_.get(), connection_state::fetching};
    default:
        return {};
    }
}

void session_base::count_timeout() noexcept {
    auto& count = owner_.count();
    if (phase_ == phase::reading) {
        count.add_limit(has_started() || served_ == 0 ? limit_label::header_timeout
                                                      : limit_label::idle_timeout);
    } else if (phase_ == phase::suspended &&
               in_->later.limit().time == decltype(wait_limit::time){}) {
        count.add_limit(limit_label::handler_timeout);
    }
}

void session_base::blame(std::string_view why) noexcept {
    end_cause_ = why;
    if (out_) {
        out_->record().cause = why;
    }
}

void session_base::expect_progress(time_point since) noexcept {
    progress_.start(owner_.where().limits.transfer, since);
    arm(progress_.next());
}

void session_base::linger() noexcept {
    phase_ = phase::lingering;
    wait_for(connection_state::lingering);
    arm(now() + linger_time);
}

bool session_base::awaits_delivery(std::uint64_t left) noexcept {
    const auto instant = now();
    if (left < owed_) {
        progress_.resume(instant);
    }
    if (left == 0) {
        return false;
    }
    if (owed_ == 0) { // the first check
        progress_.start(owner_.where().limits.transfer, instant);
    } else if (left < owed_) {
        progress_.add_progress(owed_ - left, instant);
    }
    owed_ = left;
    if (instant >= progress_.next() && !is_excused(instant)) {
        return false;
    }
    arm(progress_.is_paused() ? progress_.next() : instant + delivery_interval);
    return true;
}

bool session_base::is_excused(time_point instant) noexcept {
    const auto limit = progress_.judge(pulse(), instant, place_);
    if (!limit) {
        return true;
    }
    owner_.count().add_limit(*limit);
    blame(name_of(*limit));
    return false;
}

void session_base::end_last_pause() noexcept {
    const auto instant = now();
    progress_.resume(instant);
    if (phase_ == phase::reading && !has_started()) {
        wait_for(connection_state::idle);
        arm(instant + owner_.where().limits.idle_timeout);
    } else if (phase_ == phase::lingering || phase_ == phase::delivering) {
        wait_for(connection_state::lingering);
        arm(instant); // it ends
    }
}

void session_base::hold(time_point instant) noexcept {
    delivery_.hold(std::move(out_), !in_, instant);
    owed_ = 0;
    owner_.await_delivery(*this);
}

void session_base::sleep(time_point instant) noexcept {
    phase_ = phase::throttled;
    asleep_since_ = instant;
    wait_for(connection_state::throttled);
    // A deadline of the wheel passes at least one tick late.
    arm(out_->answer.speed()->ready_at(bucket_) - deadline_wheel::tick);
}

void session_base::await_storage(time_point instant) {
    const auto& limits = owner_.where().limits;
    const auto first = out_->record().started + limits.storage_open_timeout;
    const bool is_first = out_->writer.bytes_sent() == 0;
    out_->answer.file().fetch(*this, owner_.mail(),
                              std::hash<std::string_view>{}(out_->record().user_id));
    phase_ = phase::fetching;
    asleep_since_ = instant;
    wait_for(connection_state::fetching);
    arm(is_first ? std::max(instant, first) : instant + limits.storage_read_timeout);
}

bool session_base::refuse_late() noexcept {
    constexpr std::string_view cause = "storage_timeout";
    if (out_->writer.bytes_sent() == 0 && in_ && refuse_unsent(cause)) {
        return true;
    }
    owner_.count().media_read_failures.add();
    out_->answer.file().forget();
    blame(cause);
    return false;
}

std::chrono::milliseconds session_base::wait_of_handler() const noexcept {
    const auto own = in_->later.limit().time;
    return own > own.zero() ? own : owner_.where().limits.handler_timeout;
}

void session_base::wake() noexcept {
    phase_ = phase::writing;
    const auto instant = now();
    progress_.excuse(instant - asleep_since_);
    arm(progress_.next()); // instead of the deadline of the pause
    if (out_->writer.bytes_sent() == 0) {
        out_->record().first_byte = instant;
    }
}

void session_base::hold_inbound() {
    if (!in_) {
        in_ = owner_.inbounds().take();
        in_->start(owner_.where().limits.header);
    }
}

void session_base::release_inbound() noexcept {
    if (in_) {
        in_->later.forget();
        in_->bytes.clear();
        owner_.inbounds().give_back(std::move(in_));
    }
}

void session_base::count_limit(const request_parser& parser) noexcept {
    if (const auto limit = parser.limit_reached()) {
        owner_.count().add_limit(*limit);
    }
}

outcome session_base::judge_failure() noexcept {
    const auto fault = out_->writer.file_fault();
    if (fault.empty()) {
        return outcome::aborted;
    }
    out_->record().cause = fault;
    owner_.count().media_read_failures.add();
    return outcome::cut;
}

std::uint64_t session_base::allowance(time_point instant) {
    auto* const pace = out_->answer.speed();
    return pace != nullptr && out_->writer.has_more(out_->answer)
               ? pace->allowance(bucket_, bytes_per_turn, instant)
               : bytes_per_turn;
}

void session_base::charge(std::uint64_t sent, time_point instant) {
    if (auto* const pace = out_->answer.speed()) {
        pace->charge(bucket_, sent, instant);
    }
}

} // namespace sluice::http
