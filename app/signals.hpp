#pragma once
// Signals as something to wait for, in one thread; no code ever runs in a signal handler.

#include <chrono>
#include <csignal>

namespace sluice::app {

/// Blocks SIGTERM and SIGINT for this thread and those it starts, and ignores SIGPIPE (sendfile has
/// no flag against it). Made before any other thread.
class shutdown_signals {
  public:
    shutdown_signals();
    ~shutdown_signals();
    shutdown_signals(const shutdown_signals&) = delete;
    shutdown_signals& operator=(const shutdown_signals&) = delete;

    /// Waits for one of them; returns its number.
    int wait() const;
    /// The same for at most `limit`; 0 when none came.
    int wait_for(std::chrono::milliseconds limit) const;

  private:
    sigset_t set_{};
    sigset_t previous_{};
};

} // namespace sluice::app
