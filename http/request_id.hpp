#pragma once
// The X-Request-Id of a response: 16 digits that differ between workers, nodes and restarts, then a
// count. It needs to be found in a log, not to be secret.

#include <array>
#include <cstddef>
#include <string_view>

namespace sluice::http {

class request_id {
  public:
    [[nodiscard]] std::string_view view() const noexcept { return {text_.data(), text_.size()}; }

  private:
    friend class request_ids;
    static constexpr std::size_t prefix_size = 16;
    static constexpr std::size_t count_size = 10;
    std::array<char, prefix_size + count_size> text_{};
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
