#pragma once
// Time as a dependency: wall time judges tokens, steady time runs deadlines (threats 34).

#include <chrono>
#include <ctime>

namespace sluice::core {

class clock {
  public:
    virtual ~clock() = default;
    [[nodiscard]] virtual std::chrono::system_clock::time_point wall() const noexcept = 0;
    [[nodiscard]] virtual std::chrono::steady_clock::time_point steady() const noexcept = 0;

    /// wall() cut to whole seconds; may be behind it by a tick of the kernel (10 ms at most), so
    /// that a request can afford to ask.
    [[nodiscard]] virtual std::chrono::sys_seconds wall_seconds() const noexcept {
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
    [[nodiscard]] std::chrono::sys_seconds wall_seconds() const noexcept override {
        return std::chrono::sys_seconds(std::chrono::seconds(std::time(nullptr)));
    }
};

} // namespace sluice::core
