#pragma once
// The part of a session that does not depend on the transport: its request, its response, its rate,
// its deadlines, and the conversion of exceptions to error responses. It performs no I/O:
// http/connection/session.hpp, the state machine and the only user, does.

#include "http/connection/counted_connection.hpp"
#include "http/connection/delivery.hpp"
#include "http/connection/progress_watch.hpp"
#include "http/connection/worker.hpp"
#include "http/exchange/exchange.hpp"
#include "http/loop/turn_queue.hpp"

#include <array>
#include <cstdint>
#include <exception>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>

namespace sluice::http {

class session_base : public counted_connection,
                     public turn_taker,
                     public resumable,
                     public storage_waiter {
  public:
    session_base(worker& owner, peer_info peer);
    session_base(const session_base&) = delete;
    session_base& operator=(const session_base&) = delete;
    ~session_base() override;

    [[nodiscard]] transfer_view transfer() const noexcept final;

    /// Continues the suspended request: calls `then`, which fills the response or suspends the
    /// request again.
    void resume(continuation then) final;

    void recheck(const core::revocation_table& revoked) final {
        if (is_sending() && revoked.kills(out_->record().trace)) {
            owner_.count().transfers_revoked.add();
            cut("token_revoked");
        }
    }

    void yield_place() final {
        const auto* const speed = is_sending() ? out_->answer.speed() : nullptr;
        if (speed != nullptr && speed->is_displaced()) {
            owner_.count().add_limit(limit_label::takeover_after);
            cut(name_of(limit_label::takeover_after));
        }
    }

  protected:
    enum class phase {
        reading,
        suspended,
        writing,
        throttled,
        fetching,
        lingering,
        delivering,
        crowded, // sent_queue::is_full()
        closed
    };

    /// The time a closing connection waits for the peer to close (RFC 9112 §9.6).
    static constexpr std::chrono::seconds linger_time{2};
    /// Bytes that it reads and discards in that time, in addition to limits.content_bytes.
    static constexpr std::size_t linger_bytes = 65536;
    /// Reads in one turn, before other sessions get theirs.
    static constexpr int reads_per_turn = 32;

    /// Takes in_ from the pool, unless the session holds it already.
    void hold_inbound();
    void release_inbound() noexcept;
    [[nodiscard]] bool is_suspended() const noexcept { return in_ && in_->later.is_pending(); }
    [[nodiscard]] bool has_started() const noexcept { return in_ && in_->parser.has_started(); }

    /// Fills out_ with the response to the complete head in in_, or suspends the request. If memory
    /// runs out or a handler throws, the response is an error response. Throws std::bad_alloc when
    /// there is no memory for that either.
    void answer();
    /// Ends the suspension, and fills out_ with the error response `why`; `cause` is logged.
    void give_up(problem_id why, std::string_view cause);
    /// Fills out_ with the error response `why`; the connection is closed after it.
    void refuse(problem_id why);
    /// Fills out_ with the error response for a connection that was not admitted.
    void refuse_admission();
    /// Counts the limit that was reached, if the parser rejected the request for one.
    void count_limit(const request_parser& parser) noexcept;
    /// The outcome of a response that could not be sent. If the file is the cause, the outcome is
    /// `cut`, and the failure is counted.
    [[nodiscard]] outcome judge_failure() noexcept;
    /// The last byte of the response in progress was handed to the kernel at `instant`. The
    /// response is logged when the peer has acknowledged it.
    void hold(time_point instant) noexcept;
    /// Counts the limit whose deadline has passed, unless it is one of a transfer.
    void count_timeout() noexcept;
    /// Sets the cause in the log of the response in progress, and of those that are not delivered.
    void blame(std::string_view why) noexcept;
    /// Starts the deadline of the transfer, which began at `since`. From then on the peer must make
    /// progress.
    void expect_progress(time_point since) noexcept;
    /// The interval at which a closing connection checks whether its last bytes are acknowledged.
    static constexpr std::chrono::milliseconds delivery_interval{100};

    /// True when a closing connection must stay open: `left` bytes are not acknowledged, and the
    /// peer makes progress as limits.stall_timeout and min_rate require. Then arms the next check.
    [[nodiscard]] bool awaits_delivery(std::uint64_t left) noexcept;
    /// Call it when the deadline of the transfer has passed. True when the transfer goes on,
    /// because its peer pauses. Otherwise counts the limit that was reached and blames it.
    [[nodiscard]] bool is_excused(time_point instant) noexcept;
    /// The peer paused before it took the last bytes, and has them all now.
    void end_last_pause() noexcept;
    /// The state of a connection whose peer may pause.
    [[nodiscard]] connection_state paused_or(connection_state usual) const noexcept {
        return progress_.is_paused() ? connection_state::paused : usual;
    }
    /// True after blame(): this side ends the connection.
    [[nodiscard]] bool is_blamed() const noexcept { return !end_cause_.empty(); }
    /// Begins the wait for the peer to close.
    void linger() noexcept;
    /// Bytes that may be sent in this turn; 0 when the rate allows none now.
    [[nodiscard]] std::uint64_t allowance(time_point instant);
    /// Counts the bytes sent in this turn against the rate.
    void charge(std::uint64_t sent, time_point instant);
    /// Pauses until the rate allows more bytes. on_deadline() is then called in phase::throttled. A
    /// disconnect during the pause is noticed at the next write.
    void sleep(time_point instant) noexcept;
    /// True when the response can start: the first bytes of its file are available, or cannot be
    /// read and an error response has replaced it. False: the session waits for the storage, or
    /// the request is suspended because its file has been replaced and is looked up once more.
    /// Throws std::bad_alloc.
    [[nodiscard]] bool is_primed();
    /// Queues a read of the next bytes. on_storage() is called when it has ended, or on_deadline()
    /// in phase::fetching when it takes too long. A disconnect meanwhile is noticed at the next
    /// write.
    void await_storage(time_point instant);
    /// Call it when the storage takes too long. True when nothing had been sent, and an error
    /// response has replaced the response.
    [[nodiscard]] bool refuse_late() noexcept;
    /// The longest time that the suspended request may wait.
    [[nodiscard]] std::chrono::milliseconds wait_of_handler() const noexcept;
    /// Continues after sleep(). The pause does not count against the peer's deadline.
    void wake() noexcept;

    /// Bytes that a closing connection reads and discards.
    [[nodiscard]] std::size_t most_discarded() const noexcept {
        return linger_bytes + owner_.where().limits.header.content_bytes;
    }

    /// True while a response is sent and no wait on the socket is outstanding.
    [[nodiscard]] bool sleeps() const noexcept {
        return phase_ == phase::throttled || phase_ == phase::fetching;
    }
    [[nodiscard]] bool is_sending() const noexcept { return sleeps() || phase_ == phase::writing; }

    peer_info peer_;
    std::unique_ptr<inbound> in_;
    std::unique_ptr<outbound> out_;
    connection_gate::place place_;
    delivery delivery_;          // of the responses that have ended
    std::string_view end_cause_; // why this side ends the connection; empty: it does not
    unsigned served_ = 0;
    phase phase_ = phase::reading;
    progress_watch progress_;  // destroyed before place_
    core::rate_bucket bucket_; // the rate of the connection, where one is set
    admission admission_ = admission::served;

  private:
    /// What is known of the peer. REQUIRES: the connection is open.
    [[nodiscard]] virtual core::peer_pulse pulse() const noexcept = 0;
    /// Cuts the response that is being sent; `why` is logged. REQUIRES: is_sending().
    virtual void cut(std::string_view why) = 0;
    /// Called when out_ holds the response to a request that was suspended.
    virtual void on_resumed() = 0;
    /// Called when there is no memory for an error response to a suspended request. Closes the
    /// connection.
    virtual void on_fault() noexcept = 0;

    /// REQUIRES: in_, and nothing of the response has been sent. Replaces the response by
    /// media_unavailable with `cause` for the log. False when memory runs out.
    [[nodiscard]] bool refuse_unsent(std::string_view cause) noexcept;

    template <class Work>
    [[nodiscard]] bool fill(Work work) noexcept;
    void compose();
    /// Fills out_ with the response of the handler at the time `wall`, or suspends the request.
    /// REQUIRES: open_exchange().
    void handle(std::chrono::system_clock::time_point wall);
    /// REQUIRES: nothing of the response has been sent. True when its file is of a version that the
    /// store does not have any more: the request has then been handled once more, from the
    /// beginning, so that conditions and ranges are those of the present version. Only once for
    /// each request. Throws std::bad_alloc.
    [[nodiscard]] bool begins_again();
    void refuse_after_fault(problem_id why);
    /// `pin` keeps alive what the request is handled with.
    void start_waiting(std::shared_ptr<const void> pin) noexcept;
    /// Takes out_ for a request that began at `started`.
    void open_exchange(time_point started);
    reply open_reply(std::chrono::sys_seconds wall, bool keep_alive);
    /// Opens the response to the head in in_, which is judged at the time `wall`.
    reply open_answer(std::chrono::system_clock::time_point wall);

    time_point asleep_since_{};
    std::uint64_t owed_ = 0; // `left` of the last awaits_delivery()
};

} // namespace sluice::http
