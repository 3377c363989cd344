#pragma once
// The state machine of one connection: read a head, answer it, send the response, repeat. It
// consists of non-blocking steps with at most one wait outstanding. A session owns itself: it is
// destroyed in the handler of its last wait. It does not parse heads (http/request) or decide on
// responses (http/handlers); http/connection/session_base.hpp holds the parts that do not depend on
// the transport. Used by http/connection/bare_sessions.cpp and tls/handshake.cpp.

#include "http/connection/session_base.hpp"
#include "http/loop/transport.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <exception>
#include <optional>
#include <utility>

namespace sluice::http {

template <transport Transport>
class session final : public session_base {
  public:
    session(worker& owner, Transport stream, peer_info peer)
        : session_base(owner, std::move(peer)), connection_(std::move(stream)) {}

    /// Starts the session, which destroys itself when the connection ends.
    void start(connection_gate::verdict verdict) {
        admission_ = verdict.how;
        place_ = std::move(verdict.place);
        arm(now() + patience_with(admission_, owner_.where().limits.header_timeout));
        run_step([this] {
            if (admission_ == admission::turned_away) {
                turn_away();
            } else {
                defer(&session::read);
            }
        });
    }

  private:
    using step = void (session::*)();

    // The handler of every wait. A session that was closed during the wait ends here. A session
    // that timed out reads no further request.
    auto after_wait(step next) {
        return [this, next](error_code ec) {
            run_step([&] {
                if (ec || phase_ == phase::closed) {
                    end(outcome::aborted);
                } else if (phase_ == phase::lingering) {
                    discard();
                } else {
                    (this->*next)();
                }
            });
        };
    }

    // An exception ends this connection only. A step starts its wait last, so no wait is
    // outstanding when a step throws.
    template <class Run>
    void run_step(Run run) noexcept {
        try {
            run();
        } catch (const std::exception&) {
            owner_.count().faults.add();
            blame("fault");
            end(outcome::cut);
        }
    }

    /// Runs `next` after the other sessions have had their turn.
    void defer(step next) {
        turn_ = next;
        owner_.turns().push(*this);
    }
    void take_turn() override { after_wait(turn_)(error_code{}); }
    void wait_readable(step next) { connection_.async_wait_readable(after_wait(next)); }
    void wait_writable(step next) { connection_.async_wait_writable(after_wait(next)); }

    void read() {
        hold_inbound();
        error_code ec;
        const auto got = connection_.read_some(in_->bytes.prepare(), ec);
        if (!ec) {
            in_->bytes.commit(got);
            delivery_.note_arrival();
            parse();
        } else if (ec == net::error::would_block) {
            wait_for(in_->bytes.empty() ? connection_state::idle : connection_state::reading);
            if (in_->bytes.empty()) {
                release_inbound(); // an idle connection holds no buffer
            }
            wait_readable(&session::read);
        } else if (ec == net::error::eof) {
            finish_delivery(true);
        } else {
            end(outcome::aborted);
        }
    }

    void parse() {
        const bool had_started = has_started();
        switch (in_->parser.parse(in_->bytes.data(), in_->asked.head)) {
        case request_parser::status::need_more:
            if (has_started() && !had_started && served_ > 0) {
                arm(now() + owner_.where().limits.header_timeout);
            }
            wait_for(has_started() ? connection_state::reading : connection_state::idle);
            wait_readable(&session::read);
            return;
        case request_parser::status::ready:
            if (admission_ != admission::served) {
                refuse_admission();
                break;
            }
            ++served_;
            answer();
            if (is_suspended()) {
                await_handler();
                return;
            }
            break;
        case request_parser::status::refused:
            count_limit(in_->parser);
            refuse(in_->parser.refusal());
            break;
        }
        expect_progress(out_->record().started);
        start_writing();
    }

    void await_handler() {
        phase_ = phase::suspended;
        wait_for(connection_state::suspended);
        arm(now() + wait_of_handler());
        watch();
    }

    // While a request is suspended, nothing is read, but a reset of the connection is noticed.
    // After the next request has arrived, or the peer has closed its sending side (the request is
    // still answered, RFC 9112 §9.6), the kernel reports no further change. Only the deadline ends
    // the wait then.
    void watch() {
        is_watching_ = true;
        connection_.async_wait_readable([this](error_code) {
            is_watching_ = false;
            run_step([this] { look_at_peer(); });
        });
    }

    void look_at_peer() {
        if (phase_ == phase::writing) {
            start_writing(); // resumed meanwhile
            return;
        }
        const auto seen = phase_ == phase::closed ? peer_state::gone : connection_.peek();
        if (seen == peer_state::gone) {
            end(outcome::aborted);
        } else if (seen == peer_state::silent) {
            watch();
        }
    }

    // The deadline of the suspension no longer applies: the wait may end after the next tick.
    void on_resumed() override {
        phase_ = phase::writing;
        expect_progress(now());
        if (is_watching_) {
            connection_.cancel_wait(); // its handler continues
        } else {
            run_step([this] { start_writing(); });
        }
    }

    void on_fault() noexcept override {
        blame("fault");
        hang_up();
        if (!is_watching_) { // else its handler ends the session
            end(outcome::cut);
        }
    }

    void start_writing() {
        phase_ = phase::writing;
        if (is_primed()) {
            begin_answer();
        } else if (is_suspended()) {
            await_handler();
        }
    }

    // No wait on the socket is outstanding while the session waits for the storage.
    void on_storage() override {
        if (phase_ != phase::fetching) {
            return;
        }
        wake();
        if (out_->writer.bytes_sent() == 0) {
            run_step([this] { start_writing(); });
        } else {
            defer(&session::write);
        }
    }
    void give_up_storage() {
        if (refuse_late()) {
            expect_progress(now());
            run_step([this] { start_writing(); });
        } else {
            is_cut_ = true;
            hang_up();
            defer(&session::write); // no wait is outstanding: write() ends the session
        }
    }
    void begin_answer() {
        // Releases the input buffer before the first wait, because a slow download does not need
        // it.
        if (in_->parser.consumed() == in_->bytes.data().size() || !out_->answer.keeps_alive()) {
            release_inbound();
        }
        // The response is not sent at once. The responses to all requests that were read in this
        // round are sent one after the other, so that a client that waits is woken once for several
        // of them (docs/performance.md).
        turn_ = &session::begin_writing;
        owner_.turns().push_holder(*this);
    }
    void begin_writing() { advance(out_->record().first_byte = now()); }
    void write() {
        const auto instant = now();
        progress_.resume(instant);
        advance(instant);
    }

    // `instant` is passed on, so that a response that is sent at once needs one reading of the
    // clock.
    void advance(time_point instant) {
        const auto most = allowance(instant);
        if (most == 0) {
            sleep(instant); // no wait on the socket is outstanding meanwhile
            return;
        }
        const auto sent_before = out_->writer.bytes_sent();
        const auto status = out_->writer.advance(out_->answer, connection_, instant, most);
        const auto sent = out_->writer.bytes_sent() - sent_before;
        charge(sent, instant);
        switch (status) {
        case response_writer::status::done:
            finish_response(instant);
            return;
        case response_writer::status::failed:
            end(judge_failure());
            return;
        case response_writer::status::pending:
            progress_.add_progress(sent, instant);
            await_storage(instant);
            return;
        case response_writer::status::blocked:
        case response_writer::status::yielded:
            break;
        }
        wait_for(connection_state::writing);
        progress_.add_progress(sent, instant);
        arm(progress_.next());
        if (status == response_writer::status::blocked) {
            wait_writable(&session::write);
        } else {
            defer(&session::write);
        }
    }

    void finish_response(time_point instant) {
        const bool goes_on = out_->answer.keeps_alive();
        hold(instant);
        if (!goes_on) {
            start_lingering();
            return;
        }
        if (delivery_.is_due()) {
            delivery_.settle(connection_.undelivered());
        }
        if (delivery_.is_full()) {
            phase_ = phase::crowded;
            wait_for(connection_state::writing);
            arm(instant + delivery_interval);
        } else {
            go_on(instant);
        }
    }

    void go_on(time_point instant) {
        phase_ = phase::reading;
        if (in_) { // the next request arrived with this one
            in_->bytes.consume(in_->parser.consumed());
            in_->start(owner_.where().limits.header);
            arm(instant + owner_.where().limits.header_timeout);
            defer(&session::parse);
        } else {
            arm(instant + owner_.where().limits.idle_timeout);
            if (connection_.is_drained()) {
                wait_for(connection_state::idle);
                connection_.async_wait_next(after_wait(&session::read));
            } else {
                defer(&session::read); // after other sessions: a request may arrive by then
            }
        }
    }

    // The end of a connection, its deadlines and its delivery: http/connection/session_end.hpp,
    // which every unit that makes sessions includes.

    // If input is unread, close() sends a RST, and the client may lose the end of the response.
    void start_lingering();
    void discard();
    // The number of reads is bounded too, because a read may return a single byte (under TLS, each
    // record is read alone).
    error_code drain_input();

    void finish_delivery() { finish_delivery(false); }
    // REQUIRES: no wait is outstanding, and nothing more is read. The kernel may still hold
    // bytes that the peer has not acknowledged. A pod loses its network when the process exits, and
    // these bytes with it, although they were counted as sent. The socket therefore stays open
    // until they are acknowledged. After a small response no system call is spent on the check: a
    // peer that has closed its side in order has received it.
    void finish_delivery(bool has_peer_ended);
    // REQUIRES: no wait is outstanding. Lets a client that sends requests without receiving wait.
    void thin_out();
    [[nodiscard]] bool owes_bytes() const noexcept override;
    [[nodiscard]] bool check_delivery() noexcept override;
    [[nodiscard]] core::peer_pulse pulse() const noexcept override { return connection_.pulse(); }

    void on_deadline() override;
    // True when the deadline ended a pause or was due for a check of the peer: the session goes on.
    bool goes_on_after_deadline();
    bool still_awaits_delivery();
    bool still_writes();

    void cut(std::string_view why) override;
    void stop() noexcept override;
    // The wait for more of the request is still outstanding; it continues as the lingering read.
    void time_out();
    // Closes without lingering. The input received so far is read, so that the close sends no RST.
    void turn_away();
    // An error response fits into the socket's buffer. If it does not, the rest is dropped. The
    // delivery is not awaited when the connection is closed at once.
    void send_at_once(bool awaits);
    // Resets the connection if a response is in progress. Many clients accept a partial response as
    // complete after an orderly close, even if Content-Length says otherwise.
    void hang_up() noexcept;
    void end(outcome how) noexcept;

    Transport connection_;
    step turn_ = nullptr;
    std::size_t discarded_ = 0;
    std::uint64_t left_ = 0;   // undelivered when the connection was closed
    bool is_cut_ = false;      // cut by the server
    bool is_watching_ = false; // the one outstanding wait is watch()'s
};

} // namespace sluice::http
