#pragma once
// Signals as something to wait for, in one thread; no code ever runs in a signal handler.

#include <chrono>
#include <csignal>

namespace sluice::app {

/// Blocks SIGTERM, SIGINT, SIGHUP and SIGUSR1 for this thread and those it starts, and ignores
/// SIGPIPE (sendfile has no flag against it) and SIGXFSZ. Made before any other thread.
class process_signals {
  public:
    process_signals();
    ~process_signals();
    process_signals(const process_signals&) = delete;
    process_signals& operator=(const process_signals&) = delete;

    /// Waits for one of them; returns its number.
    int wait() const;
    /// The same for at most `limit`; 0 when none came.
    int wait_for(std::chrono::milliseconds limit) const;

  private:
    sigset_t set_{};
    sigset_t previous_{};
};

} // namespace sluice::app
