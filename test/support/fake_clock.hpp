#pragma once
// A clock that only a test advances.

#include "core/base/clock.hpp"

namespace sluice::test {

class fake_clock final : public core::clock {
  public:
    [[nodiscard]] std::chrono::system_clock::time_point wall() const noexcept override {
        return wall_;
    }
    [[nodiscard]] std::chrono::steady_clock::time_point steady() const noexcept override {
        return steady_;
    }
    /// Advances both clocks.
    void advance(std::chrono::milliseconds by) {
        wall_ += by;
        steady_ += by;
    }

  private:
    std::chrono::system_clock::time_point wall_{std::chrono::seconds(1'700'000'000)};
    std::chrono::steady_clock::time_point steady_{std::chrono::seconds(1000)};
};

} // namespace sluice::test
