#pragma once
// Lets one thread wait for signals; no code ever runs in a signal handler. Used by
// app/start/serve.

#include <chrono>
#include <csignal>

namespace sluice::app {

/// Blocks SIGTERM, SIGINT, SIGHUP and SIGUSR1 for this thread and the threads it starts, and
/// ignores SIGPIPE (sendfile has no flag against it) and SIGXFSZ. Must be created before any other
/// thread.
class process_signals {
  public:
    process_signals();
    ~process_signals();
    process_signals(const process_signals&) = delete;
    process_signals& operator=(const process_signals&) = delete;

    /// Waits for one of the signals; returns its number.
    int wait() const;
    /// Waits for at most `limit`; returns 0 when no signal arrived.
    int wait_for(std::chrono::milliseconds limit) const;
    /// True when SIGTERM or SIGINT waits to be returned by wait().
    [[nodiscard]] static bool is_stop_pending() noexcept;

  private:
    sigset_t set_{};
    sigset_t previous_{};
};

} // namespace sluice::app
