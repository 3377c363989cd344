#pragma once
// What a connection is, whatever carries it: its request, its answer, its place among the others,
// and the borders at which faults are turned into refusals. The state machine is
// http/connection/session.hpp.

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

class session_base : public counted_connection, public turn_taker, public resumable {
  public:
    session_base(worker& owner, peer_info peer);
    session_base(const session_base&) = delete;
    session_base& operator=(const session_base&) = delete;
    ~session_base() override;

    /// The suspended request goes on: answered by `then`, unless that suspends it again.
    void resume(continuation then) final;

  protected:
    enum class phase { reading, suspended, writing, throttled, lingering, closed };

    /// How long a closing connection waits for the peer's own close (RFC 9112 §9.6).
    static constexpr std::chrono::seconds linger_time{2};
    /// Bytes it reads and discards meanwhile, beside limits.content_bytes.
    static constexpr std::size_t linger_bytes = 65536;
    /// Reads before others have their turn.
    static constexpr int reads_per_turn = 32;

    /// Makes in_ available.
    void hold_inbound();
    void release_inbound() noexcept;
    [[nodiscard]] bool is_suspended() const noexcept { return in_ && in_->later.is_pending(); }
    [[nodiscard]] bool has_started() const noexcept { return in_ && in_->parser.has_started(); }

    /// Fills out_ with the answer to in_'s complete head, or suspends the request. When memory runs
    /// out or a handler throws, the answer is a refusal; throws std::bad_alloc when there is not
    /// even memory for that.
    void answer();
    /// Gives the suspended request up: answers with a refusal.
    void give_up(problem_id why);
    /// Fills out_ with a refusal; the connection closes after it.
    void refuse(problem_id why);
    /// Fills out_ with the refusal of a connection that is not served.
    void refuse_admission();
    /// Counts a refusal of the parser.
    void count_limit(const request_parser& parser) noexcept;
    /// How a response that could not be sent has ended: cut where the file is at fault, counted.
    [[nodiscard]] outcome judge_failure() noexcept;
    /// Counts and logs the response, which ended at `instant`, and gives it back.
    void conclude(outcome how, time_point instant) noexcept;
    /// Counts the limit at which a deadline has passed; of a transfer it is the cause in the log.
    void count_timeout() noexcept;
    /// The cause in the log of an answer that is cut, if there is one under way.
    void blame(std::string_view why) noexcept;
    /// From now on the peer owes progress with the answer, which began `since`.
    void expect_progress(time_point since) noexcept;
    /// Waits for the peer to close.
    void linger() noexcept;
    /// How many bytes may be sent in this turn; 0 where the rate allows none for now.
    [[nodiscard]] std::uint64_t allowance(time_point instant);
    /// Counts what was sent in it against the rate.
    void charge(std::uint64_t sent, time_point instant);
    /// Sends nothing until the rate allows more: on_deadline() then finds phase::throttled. A peer
    /// that goes away is noticed at the next write.
    void sleep(time_point instant) noexcept;
    /// Goes on; that it slept is not held against the peer.
    void wake() noexcept;

    peer_info peer_;
    std::unique_ptr<inbound> in_;
    std::unique_ptr<outbound> out_;
    unsigned served_ = 0;
    phase phase_ = phase::reading;
    std::optional<core::transfer_deadline> deadline_;
    core::rate_bucket bucket_; // what the connection may have, where that is limited
    admission admission_ = admission::served;
    connection_gate::place place_;

  private:
    /// out_ holds the answer to a request that was suspended.
    virtual void on_resumed() = 0;
    /// A suspended request cannot even be refused: the connection has to go.
    virtual void on_fault() noexcept = 0;

    template <class Work>
    [[nodiscard]] bool fill(Work work) noexcept;
    void compose();
    /// Takes from the head what a trusted proxy says.
    void believe(const proxy_trust& trust);
    void refuse_after_fault(problem_id why);
    void start_waiting() noexcept;
    void open_exchange();
    reply open_reply(std::chrono::sys_seconds wall, bool keep_alive);
    reply open_answer();

    time_point asleep_since_{};
};

} // namespace sluice::http
