#pragma once
// The clock as a dependency: tokens are checked against wall time, deadlines run on steady time
// (docs/security.md, threat 34). Not a timer. Used throughout the service, which gets the
// system_clock below; tests pass clocks of their own.

#include <chrono>

namespace sluice::core {

class clock {
  public:
    virtual ~clock() = default;
    [[nodiscard]] virtual std::chrono::system_clock::time_point wall() const noexcept = 0;
    [[nodiscard]] virtual std::chrono::steady_clock::time_point steady() const noexcept = 0;

    /// Reads the precise clock. The kernel's coarse clock is up to a tick behind, so that a token
    /// issued a millisecond ago on another host would not be valid yet.
    [[nodiscard]] std::chrono::sys_seconds wall_seconds() const noexcept {
        return std::chrono::floor<std::chrono::seconds>(wall());
    }

  protected:
    clock() = default;
    clock(const clock&) = default;
    clock& operator=(const clock&) = default;
};

/// The clocks of the machine.
class system_clock final : public clock {
  public:
    [[nodiscard]] std::chrono::system_clock::time_point wall() const noexcept override {
        return std::chrono::system_clock::now();
    }
    [[nodiscard]] std::chrono::steady_clock::time_point steady() const noexcept override {
        return std::chrono::steady_clock::now();
    }
};

} // namespace sluice::core
