#pragma once
// The X-Request-Id of a response: 16 digits that differ between workers, nodes and restarts, then
// 16 that differ between requests and tell nobody how many there were; or what a trusted proxy
// calls the request. Also the boundaries of multipart bodies, which nobody may foresee (issue 11).

#include "core/base/keyed_sequence.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace sluice::http {

class request_id {
  public:
    /// `text` itself, where it is 1 to 64 letters, digits, dots, dashes and underscores: harmless
    /// in fields and logs.
    [[nodiscard]] static std::optional<request_id> adopt(std::string_view text) noexcept;
    /// The trace-id of a traceparent (W3C Trace Context §3.2).
    [[nodiscard]] static std::optional<request_id> of_trace(std::string_view parent) noexcept;

    [[nodiscard]] std::string_view view() const noexcept { return {text_.data(), size_}; }

  private:
    friend class request_ids;
    static constexpr std::size_t prefix_size = 16;
    static constexpr std::size_t number_size = 16;
    static constexpr std::size_t max_size = 64;
    std::array<char, max_size> text_{};
    std::uint8_t size_ = prefix_size + number_size;
};

/// Makes one after the other. One thread.
class request_ids {
  public:
    /// With a random prefix and random keys.
    request_ids();

    [[nodiscard]] request_id next() noexcept;

    /// For one multipart/byteranges body (RFC 2046 §5.1.1): 128 bits that no id and no boundary
    /// before it tells, so that no file can hold what parts its own ranges.
    [[nodiscard]] std::string boundary();

  private:
    request_id latest_;
    core::keyed_sequence numbers_;
    core::keyed_sequence boundaries_; // with a key of its own: no id is ever a part of a boundary
};

} // namespace sluice::http
