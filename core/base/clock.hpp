#pragma once
// Time as a dependency: wall time judges tokens, steady time runs deadlines (docs/security.md,
// docs/security.md, threat 34).

#include <chrono>

namespace sluice::core {

class clock {
  public:
    virtual ~clock() = default;
    [[nodiscard]] virtual std::chrono::system_clock::time_point wall() const noexcept = 0;
    [[nodiscard]] virtual std::chrono::steady_clock::time_point steady() const noexcept = 0;

    /// Of the precise clock: the kernel's cheaper one is up to a tick behind, and a token minted a
    /// millisecond ago on the next host would not be valid yet.
    [[nodiscard]] std::chrono::sys_seconds wall_seconds() const noexcept {
        return std::chrono::floor<std::chrono::seconds>(wall());
    }

  protected:
    clock() = default;
    clock(const clock&) = default;
    clock& operator=(const clock&) = default;
};

/// The machine's clocks.
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
