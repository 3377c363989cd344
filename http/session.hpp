#pragma once
// One connection: read a head, answer it, send the answer, repeat. A state machine of non-blocking
// steps with at most one wait outstanding, so it owns itself: it is destroyed in the handler of its
// last wait. session_base holds what does not depend on the transport.

#include "http/exchange.hpp"
#include "http/transport.hpp"
#include "http/turn_queue.hpp"
#include "http/worker.hpp"

#include <array>
#include <memory>
#include <optional>
#include <utility>

namespace sluice::http {

class session_base : public deadline_node, public connection, public turn_taker {
  public:
    session_base(worker& owner, peer_info peer);
    ~session_base() override;

    /// The suspended request goes on: answered by `then`, unless that suspends it again.
    void resume(continuation then);

  protected:
    using time_point = std::chrono::steady_clock::time_point;

    /// How long a closing connection waits for the peer's own close (RFC 9112 §9.6), and one that
    /// is refused for its first request.
    static constexpr std::chrono::seconds linger{2};
    /// Bytes it reads and discards meanwhile, beside limits.content_bytes.
    static constexpr std::size_t linger_bytes = 65536;

    [[nodiscard]] time_point now() const noexcept { return owner_.where().clock.steady(); }
    void arm(time_point deadline) noexcept { owner_.deadlines().arm(*this, deadline); }

    /// Makes in_ available.
    void hold_inbound();
    void release_inbound() noexcept;
    [[nodiscard]] bool is_suspended() const noexcept { return in_ && in_->later.is_pending(); }
    [[nodiscard]] bool has_started() const noexcept { return in_ && in_->parser.has_started(); }

    /// Fills out_ with the answer to in_'s complete head, or suspends the request.
    void answer();
    /// Gives the suspended request up: fills out_ with a refusal.
    void give_up(problem_id why);
    /// Fills out_ with a refusal; the connection closes after it.
    void refuse(problem_id why);
    /// Fills out_ with the refusal of a connection that is not served.
    void refuse_admission();
    /// Counts a refusal of the parser.
    void count_limit(const request_parser& parser) noexcept;
    /// Counts and logs the response, which ended at `instant`, and gives it back.
    void conclude(outcome how, time_point instant);
    /// What the connection waits for from now on; nothing to do while that does not change.
    void wait_for(connection_state what) noexcept;

    worker& owner_;
    peer_info peer_;
    std::unique_ptr<inbound> in_;
    std::unique_ptr<outbound> out_;
    unsigned served_ = 0;
    admission admission_ = admission::served;
    connection_gate::place place_;

  private:
    /// out_ holds the answer to a request that was suspended.
    virtual void on_resumed() = 0;

    void start_waiting() noexcept;
    void open_exchange();
    reply open_reply(std::chrono::sys_seconds wall, bool keep_alive);
    reply open_answer();

    connection_state state_ = connection_state::idle;
};

template <transport Transport>
class session final : public session_base {
  public:
    session(worker& owner, Transport stream, peer_info peer)
        : session_base(owner, std::move(peer)), connection_(std::move(stream)) {}

    /// Begins; the session destroys itself when the connection is over.
    void start(connection_gate::verdict verdict) {
        admission_ = verdict.how;
        place_ = std::move(verdict.place);
        const auto patience = owner_.where().limits.header_timeout;
        arm(now() + (admission_ == admission::served ? patience : std::min(patience, linger)));
        defer(&session::read);
    }

  private:
    enum class phase { reading, suspended, writing, lingering, closed };
    using step = void (session::*)();

    // Every wait ends here: a session that was closed meanwhile ends with it, and one that timed
    // out reads no request any more.
    auto resume(step next) {
        return [this, next](error_code ec) {
            if (ec || phase_ == phase::closed) {
                end(outcome::aborted);
            } else if (phase_ == phase::lingering) {
                discard();
            } else {
                (this->*next)();
            }
        };
    }
    /// Goes on with `next` once others have had their turn.
    void defer(step next) {
        turn_ = next;
        owner_.turns().push(*this);
    }
    void take_turn() override { resume(turn_)(error_code{}); }
    void wait_readable(step next) { connection_.async_wait_readable(resume(next)); }
    void wait_writable(step next) { connection_.async_wait_writable(resume(next)); }

    void read() {
        hold_inbound();
        error_code ec;
        const auto got = connection_.read_some(in_->bytes.prepare(), ec);
        if (ec == net::error::would_block) {
            wait_for(in_->bytes.empty() ? connection_state::idle : connection_state::reading);
            if (in_->bytes.empty()) {
                release_inbound(); // an idle connection holds no buffer
            }
            wait_readable(&session::read);
        } else if (ec) {
            end(outcome::aborted);
        } else {
            in_->bytes.commit(got);
            parse();
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
                phase_ = phase::suspended;
                arm(now() + owner_.where().limits.handler_timeout);
                watch();
                return;
            }
            break;
        case request_parser::status::refused:
            count_limit(in_->parser);
            refuse(in_->parser.refusal());
            break;
        }
        start_writing();
    }

    // While a handler works elsewhere nothing is read, but a peer that leaves is noticed. Once the
    // next request is here the kernel has no more to say, and the deadline does the rest.
    void watch() {
        is_watching_ = true;
        connection_.async_wait_readable([this](error_code) {
            is_watching_ = false;
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
        });
    }

    void on_resumed() override {
        phase_ = phase::writing;
        if (is_watching_) {
            connection_.cancel_wait(); // its handler goes on
        } else {
            start_writing();
        }
    }

    void start_writing() {
        phase_ = phase::writing;
        // What a slow download does not need is given back before it starts to wait.
        if (in_->parser.consumed() == in_->bytes.data().size() || !out_->answer.keeps_alive()) {
            release_inbound();
        }
        const auto instant = out_->record.first_byte = now();
        deadline_.emplace(owner_.where().limits.transfer, instant);
        advance(instant);
    }

    void write() { advance(now()); }

    // The clock is not read again for an answer that leaves at once.
    void advance(time_point instant) {
        const auto sent_before = out_->writer.bytes_sent();
        const auto status = out_->writer.advance(out_->answer, connection_);
        switch (status) {
        case response_writer::status::done:
            finish_response(instant);
            return;
        case response_writer::status::failed:
            end(out_->writer.file_ended() ? outcome::cut : outcome::aborted);
            return;
        case response_writer::status::blocked:
        case response_writer::status::yielded:
            break;
        }
        wait_for(connection_state::writing);
        deadline_->add_progress(out_->writer.bytes_sent() - sent_before, instant);
        arm(deadline_->next());
        if (status == response_writer::status::blocked) {
            wait_writable(&session::write);
        } else {
            defer(&session::write);
        }
    }

    void finish_response(time_point instant) {
        const bool goes_on = out_->answer.keeps_alive();
        conclude(outcome::complete, instant);
        if (!goes_on) {
            start_lingering();
            return;
        }
        phase_ = phase::reading;
        if (in_) { // the next request came with this one
            in_->bytes.consume(in_->parser.consumed());
            in_->start(owner_.where().limits.header);
            arm(instant + owner_.where().limits.header_timeout);
            defer(&session::parse);
        } else {
            arm(instant + owner_.where().limits.idle_timeout);
            defer(&session::read); // behind what is ready now: by then the next request may be here
        }
    }

    // A plain close with unread input makes the kernel send RST, and the client may lose the
    // answer.
    void start_lingering() {
        phase_ = phase::lingering;
        wait_for(connection_state::lingering);
        connection_.shutdown_send();
        arm(now() + linger);
        discard();
    }

    void discard() {
        std::array<char, 4096> sink; // NOLINT(cppcoreguidelines-pro-type-member-init)
        error_code ec;
        const auto most = linger_bytes + owner_.where().limits.header.content_bytes;
        while (!ec && discarded_ < most) {
            discarded_ += connection_.read_some(sink, ec);
        }
        if (ec == net::error::would_block) {
            wait_readable(&session::discard);
        } else {
            end(outcome::complete);
        }
    }

    void on_deadline() override {
        count_timeout();
        if (phase_ == phase::reading && has_started()) {
            time_out();
        } else if (phase_ == phase::suspended) {
            give_up(problem_id::handler_timeout);
            on_resumed();
        } else {
            is_cut_ = phase_ == phase::writing;
            phase_ = phase::closed;
            connection_.close(); // the outstanding wait ends the session
        }
    }

    void recheck(const core::revocation_table& revoked) override {
        if (phase_ == phase::writing && revoked.kills(out_->record.trace)) {
            owner_.count().transfers_revoked.add();
            is_cut_ = true;
            phase_ = phase::closed;
            connection_.abort(); // the outstanding wait ends the session
        }
    }

    void count_timeout() noexcept {
        auto& count = owner_.count();
        if (phase_ == phase::writing) {
            count.add_limit(deadline_->is_stalled(now()) ? limit_label::stall_timeout
                                                         : limit_label::min_rate);
        } else if (phase_ == phase::reading) {
            count.add_limit(has_started() || served_ == 0 ? limit_label::header_timeout
                                                          : limit_label::idle_timeout);
        } else if (phase_ == phase::suspended) {
            count.add_limit(limit_label::handler_timeout);
        }
    }

    // The wait for more of the request is still outstanding; it goes on as the lingering read.
    void time_out() {
        refuse(problem_id::header_timeout);
        const auto status = out_->writer.advance(out_->answer, connection_);
        conclude(status == response_writer::status::failed ? outcome::aborted : outcome::complete,
                 now());
        phase_ = phase::lingering;
        wait_for(connection_state::lingering);
        connection_.shutdown_send();
        arm(now() + linger);
    }

    void end(outcome how) {
        phase_ = phase::closed;
        connection_.close();
        if (out_) {
            conclude(is_cut_ ? outcome::cut : how, now());
        }
        delete this;
    }

    Transport connection_;
    step turn_ = nullptr;
    std::optional<core::transfer_deadline> deadline_;
    std::size_t discarded_ = 0;
    phase phase_ = phase::reading;
    bool is_cut_ = false;      // by us
    bool is_watching_ = false; // the one outstanding wait is watch()'s
};

} // namespace sluice::http
