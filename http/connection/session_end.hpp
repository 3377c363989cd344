#pragma once
// How a session ends: lingering, the wait for the delivery of its last bytes, its deadlines, and
// the closing of the connection. The definitions of the members that http/connection/session.hpp
// declares for that; not the way of a request, which is there. Used by
// http/connection/bare_sessions and tls/handshake, which make sessions.

#include "http/connection/session.hpp"

namespace sluice::http {

template <transport Transport>
void session<Transport>::thin_out() {
    delivery_.settle(connection_.undelivered());
    if (!delivery_.is_full()) {
        progress_.resume(now());
        go_on(now());
    } else if (awaits_delivery(connection_.unacknowledged())) {
        wait_for(paused_or(connection_state::writing));
    } else {
        end(outcome::aborted);
    }
}

template <transport Transport>
void session<Transport>::start_lingering() {
    connection_.shutdown_send();
    linger();
    discard();
}

template <transport Transport>
void session<Transport>::discard() {
    const auto ec = drain_input();
    if (ec == net::error::would_block) {
        wait_readable(&session::discard);
    } else if (!ec && discarded_ < most_discarded()) {
        defer(&session::discard);
    } else {
        finish_delivery(ec == net::error::eof);
    }
}

template <transport Transport>
void session<Transport>::finish_delivery(bool has_peer_ended) {
    if (has_peer_ended) {
        delivery_.note_arrival();
    }
    if (!delivery_.is_empty() && awaits_delivery(connection_.unacknowledged())) {
        phase_ = phase::delivering;
        release_inbound();
        wait_for(paused_or(connection_state::lingering));
    } else {
        end(outcome::complete);
    }
}

template <transport Transport>
bool session<Transport>::owes_bytes() const noexcept {
    return phase_ != phase::closed && connection_.unacknowledged() > 0;
}

template <transport Transport>
bool session<Transport>::check_delivery() noexcept {
    if (phase_ == phase::closed || delivery_.is_empty()) {
        return true; // end() settles the rest
    }
    if (delivery_.was_seen()) {
        delivery_.settle(connection_.undelivered());
    }
    if (delivery_.is_empty() && progress_.is_paused() && !is_sending()) {
        end_last_pause();
    }
    return delivery_.is_empty();
}

template <transport Transport>
error_code session<Transport>::drain_input() {
    std::array<char, 4096> sink; // NOLINT(cppcoreguidelines-pro-type-member-init)
    error_code ec;
    for (int i = 0; i < reads_per_turn && !ec && discarded_ < most_discarded(); ++i) {
        discarded_ += connection_.read_some(sink, ec);
    }
    return ec;
}

template <transport Transport>
bool session<Transport>::goes_on_after_deadline() {
    switch (phase_) {
    case phase::throttled:
        wake();
        defer(&session::write);
        return true;
    case phase::delivering:
        defer(&session::finish_delivery);
        return true;
    case phase::crowded:
        defer(&session::thin_out);
        return true;
    case phase::lingering:
    case phase::reading: // the outstanding wait ends when the peer closes or sends a request
        return still_awaits_delivery();
    case phase::writing:
        return still_writes();
    default:
        return false;
    }
}

template <transport Transport>
bool session<Transport>::still_awaits_delivery() {
    const bool reads = phase_ == phase::reading;
    if ((reads && has_started()) || delivery_.is_empty() ||
        !awaits_delivery(connection_.unacknowledged())) {
        return false;
    }
    wait_for(paused_or(reads ? connection_state::idle : connection_state::lingering));
    return true;
}

template <transport Transport>
bool session<Transport>::still_writes() {
    if (!is_excused(now())) {
        return false;
    }
    wait_for(paused_or(connection_state::writing));
    arm(progress_.next());
    return true;
}

template <transport Transport>
void session<Transport>::on_deadline() {
    if (phase_ == phase::closed || goes_on_after_deadline()) {
        return; // closed: the outstanding wait ends the session
    }
    if (is_blamed()) { // by is_excused()
        is_cut_ = phase_ == phase::writing;
        hang_up(); // the outstanding wait ends the session
        return;
    }
    count_timeout();
    if (phase_ == phase::reading && has_started()) {
        try {
            time_out();
            return;
        } catch (const std::exception&) { // out of memory for the response
            owner_.count().faults.add();
        }
    } else if (phase_ == phase::suspended) {
        const auto& limit = in_->later.limit();
        give_up(limit.if_late, limit.cause);
        return;
    } else if (phase_ == phase::fetching) {
        give_up_storage();
        return;
    }
    hang_up();
}

template <transport Transport>
void session<Transport>::cut(std::string_view why) {
    const bool has_no_wait = sleeps();
    blame(why);
    is_cut_ = true;
    hang_up(); // the outstanding wait ends the session
    if (has_no_wait) {
        defer(&session::write); // write() ends the session
    }
}

template <transport Transport>
void session<Transport>::stop() noexcept {
    blame("shutdown");
    end(outcome::cut);
}

template <transport Transport>
void session<Transport>::time_out() {
    refuse(problem_id::header_timeout);
    send_at_once(true);
    linger();
}

template <transport Transport>
void session<Transport>::turn_away() {
    hold_inbound();
    refuse_admission();
    send_at_once(false);
    drain_input();
    end(outcome::complete);
}

template <transport Transport>
void session<Transport>::send_at_once(bool awaits) {
    const auto instant = now();
    if (out_->writer.advance(out_->answer, connection_, instant) ==
        response_writer::status::failed) {
        delivery_.conclude(std::move(out_), outcome::aborted, instant, {});
    } else if (awaits) {
        hold(instant);
    } else {
        delivery_.conclude(std::move(out_), outcome::complete, instant, {});
    }
    connection_.shutdown_send();
}

template <transport Transport>
void session<Transport>::hang_up() noexcept {
    if (phase_ != phase::closed && (out_ || !delivery_.is_empty())) {
        left_ = connection_.undelivered();
    }
    phase_ = phase::closed;
    if (out_) {
        connection_.abort();
    } else {
        connection_.say_goodbye();
        connection_.close();
    }
}

template <transport Transport>
void session<Transport>::end(outcome how) noexcept {
    hang_up();
    delivery_.settle_all(left_, out_ ? out_->writer.bytes_sent() : 0, end_cause_);
    if (out_) {
        delivery_.conclude(std::move(out_), is_cut_ ? outcome::cut : how, now(), left_);
    }
    delete this;
}

} // namespace sluice::http
