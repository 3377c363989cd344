#pragma once
// The retry delays for an unreachable store: short at first, then longer, up to a limit that keeps
// the recovery prompt. Arithmetic only; not a timer and not thread safe. Used by
// store/connection_pool.hpp.

#include <algorithm>
#include <chrono>

namespace sluice::store {

class backoff {
  public:
    using time_point = std::chrono::steady_clock::time_point;

    static constexpr std::chrono::milliseconds first{50};
    static constexpr std::chrono::milliseconds longest{2000};

    void succeeded() noexcept { pause_ = first; }
    void failed(time_point now) noexcept {
        next_ = now + pause_;
        pause_ = std::min(pause_ * 2, longest);
    }
    /// The time until the next try; zero: try now.
    [[nodiscard]] std::chrono::milliseconds left(time_point now) const noexcept {
        return std::max(std::chrono::ceil<std::chrono::milliseconds>(next_ - now),
                        std::chrono::milliseconds{0});
    }

  private:
    std::chrono::milliseconds pause_ = first;
    time_point next_{};
};

} // namespace sluice::store
