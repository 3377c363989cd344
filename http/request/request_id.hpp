#pragma once
// The X-Request-Id of a response: 16 digits that differ between workers, nodes and restarts, then a
// count; or what a trusted proxy calls the request. It needs to be found in a log, not to be
// secret.

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace sluice::http {

class request_id {
  public:
    /// `text` itself, where it is 1 to 64 letters, digits, dots, dashes and underscores: harmless
    /// in fields, logs and the boundary of a multipart body.
    [[nodiscard]] static std::optional<request_id> adopt(std::string_view text) noexcept;
    /// The trace-id of a traceparent (W3C Trace Context §3.2).
    [[nodiscard]] static std::optional<request_id> of_trace(std::string_view parent) noexcept;

    [[nodiscard]] std::string_view view() const noexcept { return {text_.data(), size_}; }

  private:
    friend class request_ids;
    static constexpr std::size_t prefix_size = 16;
    static constexpr std::size_t count_size = 10;
    static constexpr std::size_t max_size = 64;
    std::array<char, max_size> text_{};
    std::uint8_t size_ = prefix_size + count_size;
};

/// Makes one after the other. One thread.
class request_ids {
  public:
    /// With a random prefix and the count 0.
    request_ids();

    /// The count is kept as text, and most of the time one digit of it changes.
    [[nodiscard]] request_id next() noexcept;

  private:
    request_id next_;
};

} // namespace sluice::http
