#pragma once
// The part of a session that does not depend on the transport: its request, its answer, its turns,
// and the places where exceptions become refusals. Performs no I/O; the state machine is
// http/connection/session.hpp, the only user.

#include "http/connection/counted_connection.hpp"
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

    /// Continues the suspended request: `then` answers it, or suspends it again.
    void resume(continuation then) final;

  protected:
    enum class phase {
        reading,
        suspended,
        writing,
        throttled,
        fetching,
        lingering,
        delivering,
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

    /// Fills out_ with the answer to the complete head in in_, or suspends the request. When memory
    /// runs out or a handler throws, the answer is a refusal. Throws std::bad_alloc when there is
    /// no memory for the refusal either.
    void answer();
    /// Abandons the suspended request and answers it with a refusal.
    void give_up(problem_id why, std::string_view cause);
    /// Fills out_ with a refusal; the connection closes after the response.
    void refuse(problem_id why);
    /// Fills out_ with the refusal of a connection that is not served.
    void refuse_admission();
    /// Counts the limit that made the parser refuse the request.
    void count_limit(const request_parser& parser) noexcept;
    /// The outcome of a response that could not be sent: cut, and counted, when the file is the
    /// cause.
    [[nodiscard]] outcome judge_failure() noexcept;
    /// Counts and logs the response, which ended at `instant`, and returns it to the pool.
    void conclude(outcome how, time_point instant) noexcept;
    /// Counts the limit whose deadline has passed. For a transfer, the limit becomes the cause in
    /// the log.
    void count_timeout() noexcept;
    /// Sets the cause in the log of an answer that is cut, if one is under way.
    void blame(std::string_view why) noexcept;
    /// Starts the deadline of the transfer, which began `since`: the peer must make progress from
    /// now on.
    void expect_progress(time_point since) noexcept;
    /// Answers with fewer bytes fit into the first flight of packets.
    static constexpr std::uint64_t least_awaited = 14'000;
    /// How often a connection looks whether its last bytes have arrived.
    static constexpr std::chrono::milliseconds delivery_interval{100};

    /// True when a closing connection must stay open: `left` bytes are not acknowledged, and it was
    /// less a moment ago, or not long ago (limits.stall_timeout, min_rate). Arms the next look.
    [[nodiscard]] bool awaits_delivery(std::uint64_t left) noexcept;
    /// Waits for the peer to close.
    void linger() noexcept;
    /// Bytes that may be sent in this turn; 0 when the rate allows none now.
    [[nodiscard]] std::uint64_t allowance(time_point instant);
    /// Counts the bytes sent in this turn against the rate.
    void charge(std::uint64_t sent, time_point instant);
    /// Pauses until the rate allows more; on_deadline() then finds phase::throttled. A disconnect
    /// of the peer is noticed at the next write.
    void sleep(time_point instant) noexcept;
    /// True when the response can start: the first bytes of its file are available, or it was
    /// replaced by a refusal because they cannot be read. False: the session waits for the storage.
    /// Throws std::bad_alloc.
    [[nodiscard]] bool is_primed();
    /// Has the storage read the next bytes. on_storage() follows, or on_deadline() with
    /// phase::fetching. A peer that closes the connection is noticed at the next write.
    void await_storage(time_point instant);
    /// Called when the storage takes too long. True when nothing was sent: the response is a
    /// refusal now.
    [[nodiscard]] bool refuse_late() noexcept;
    /// The longest time that the suspended request may wait.
    [[nodiscard]] std::chrono::milliseconds wait_of_handler() const noexcept;
    /// Continues after sleep(). The pause does not count against the peer's deadline.
    void wake() noexcept;

    peer_info peer_;
    std::unique_ptr<inbound> in_;
    std::unique_ptr<outbound> out_;
    unsigned served_ = 0;
    phase phase_ = phase::reading;
    std::optional<core::transfer_deadline> deadline_;
    core::rate_bucket bucket_; // the rate of the connection, where one is set
    admission admission_ = admission::served;
    connection_gate::place place_;

  private:
    /// Called when out_ holds the answer to a request that was suspended.
    virtual void on_resumed() = 0;
    /// Called when a suspended request cannot be refused either: closes the connection.
    virtual void on_fault() noexcept = 0;

    /// Nothing has been sent of the answer: it becomes a refusal, and `cause` is logged. REQUIRES:
    /// in_.
    [[nodiscard]] bool refuse_unsent(std::string_view cause) noexcept;

    template <class Work>
    [[nodiscard]] bool fill(Work work) noexcept;
    void compose();
    /// Takes over the facts that a trusted proxy states in the head.
    void believe(const proxy_trust& trust);
    void refuse_after_fault(problem_id why);
    void start_waiting() noexcept;
    void open_exchange();
    reply open_reply(std::chrono::sys_seconds wall, bool keep_alive);
    reply open_answer();

    time_point asleep_since_{};
    std::uint64_t owed_ = 0; // at the last look of awaits_delivery()
};

} // namespace sluice::http
