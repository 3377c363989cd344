#pragma once
// The end of the responses of one connection: what the counters and the access log say of them, and
// when. A response whose last byte was handed to the kernel is kept until its peer has acknowledged
// it (docs/decisions/0036-delivered-not-sent.md). It does not ask the socket: the session does, and
// passes the number of unacknowledged bytes. Used by http/connection/session_base.hpp.

#include "http/connection/sent_response.hpp"
#include "http/connection/worker.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>

namespace sluice::http {

class delivery {
  public:
    using time_point = std::chrono::steady_clock::time_point;

    /// Both outlive this object.
    delivery(worker& owner, const peer_info& peer) noexcept : owner_(owner), peer_(peer) {}
    delivery(const delivery&) = delete;
    delivery& operator=(const delivery&) = delete;

    /// True when no response waits for an acknowledgement.
    [[nodiscard]] bool is_empty() const noexcept { return sent_.is_empty(); }
    /// True when the socket should be asked before the next tick.
    [[nodiscard]] bool is_due() const noexcept { return sent_.is_due(); }
    /// True when no further response may be sent yet.
    [[nodiscard]] bool is_full() const noexcept { return sent_.is_full(); }
    /// True when the oldest response was there at the last check. REQUIRES: !is_empty().
    [[nodiscard]] bool was_seen() noexcept { return std::exchange(sent_.front().was_seen, true); }

    /// The last byte of `one` was handed to the kernel at `instant`: counts it as sent and keeps
    /// it. `is_alone`: no further request has arrived yet.
    void hold(std::unique_ptr<outbound> one, bool is_alone, time_point instant) noexcept;
    /// Counts and logs `one`, which ended at `instant`. `left`: the bytes of all that was sent that
    /// the peer has not acknowledged; empty when nothing is known.
    void conclude(std::unique_ptr<outbound> one, outcome how, time_point instant,
                  std::optional<std::uint64_t> left) noexcept;

    /// Counts and logs the responses of which no byte is among the last `left` that were sent.
    void settle(std::uint64_t left) noexcept;
    /// Likewise, and the other responses as lost, or as cut because of `cause`: the connection
    /// ends. `unfinished`: bytes sent of a response that is not held.
    void settle_all(std::uint64_t left, std::uint64_t unfinished, std::string_view cause) noexcept;
    /// Bytes of a request, or the orderly end of the peer, have arrived.
    void note_arrival() noexcept {
        if (sent_.is_proved_by_arrival()) {
            settle(0);
        }
    }

  private:
    /// Smaller responses fit into the first flight of packets. The next request, or the peer's
    /// orderly end, shows that they are delivered; no system call is spent on them.
    static constexpr std::uint64_t least_awaited = 14'000;

    /// Counts the response as sent, and returns what the log says of it.
    finished_response count_sent(const outbound& one, time_point instant) noexcept;
    void give_back(std::unique_ptr<outbound> one) noexcept;
    void settle_first(outcome how, std::uint64_t acknowledged) noexcept;
    void report(outcome how, std::optional<std::uint64_t> delivered, const exchange_record& record,
                const request_id& id, const finished_response& over,
                std::chrono::system_clock::time_point ended) noexcept;

    worker& owner_;
    const peer_info& peer_;
    sent_queue sent_;
    std::uint64_t position_ = 0; // bytes of the responses that have ended
};

} // namespace sluice::http
