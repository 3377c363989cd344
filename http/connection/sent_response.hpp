#pragma once
// The responses of one connection whose last byte has been handed to the kernel, while it is not
// known whether the peer has acknowledged it, and the arithmetic of that. Not the socket:
// http/connection/session.hpp asks it. Used by http/connection/session_base.hpp.

#include "http/exchange/exchange.hpp"
#include "http/telemetry/metrics.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>

namespace sluice::http {

/// What the counters and the access log need of a response that was sent.
struct sent_response {
    exchange_record record;
    request_id id;
    finished_response over;
    std::chrono::system_clock::time_point ended; // its last byte was handed to the kernel
    std::uint64_t first = 0;      // position of its first byte in all bytes sent on the connection
    bool is_first_flight = false; // see sent_queue::is_proved_by_arrival()
    bool was_seen = false;        // by a check of delivery
    std::unique_ptr<sent_response> next;
};

/// The bytes of a body that are acknowledged, for a response of `bytes` bytes that begins with
/// `header` bytes of header section, if `acknowledged` of all its bytes are.
[[nodiscard]] constexpr std::uint64_t body_part(std::uint64_t acknowledged,
                                                std::uint64_t header) noexcept {
    return acknowledged - std::min(acknowledged, header);
}

/// Oldest first.
class sent_queue {
  public:
    /// Responses that one connection may hold. Before it sends more, it waits until some are
    /// acknowledged.
    static constexpr std::size_t most = 64;
    /// The number of responses after which the socket is asked before the next tick.
    static constexpr std::size_t asked_at = 8;

    [[nodiscard]] bool is_empty() const noexcept { return !first_; }
    [[nodiscard]] bool is_full() const noexcept { return size_ >= most; }
    [[nodiscard]] bool is_due() const noexcept { return size_ > 0 && size_ % asked_at == 0; }
    /// REQUIRES: !is_empty().
    [[nodiscard]] sent_response& front() noexcept { return *first_; }
    /// True when the next request, or the orderly end of the peer, shows that all is delivered: one
    /// response that fits into the first flight of packets, and no request was sent ahead of it.
    [[nodiscard]] bool is_proved_by_arrival() const noexcept {
        return size_ == 1 && first_->is_first_flight;
    }

    void push(std::unique_ptr<sent_response> one) noexcept {
        auto& place = first_ ? last_->next : first_;
        place = std::move(one);
        last_ = place.get();
        ++size_;
    }
    /// REQUIRES: !is_empty().
    [[nodiscard]] std::unique_ptr<sent_response> pop() noexcept {
        auto one = std::move(first_);
        first_ = std::move(one->next);
        --size_;
        return one;
    }

  private:
    std::unique_ptr<sent_response> first_;
    sent_response* last_ = nullptr;
    std::size_t size_ = 0;
};

} // namespace sluice::http
