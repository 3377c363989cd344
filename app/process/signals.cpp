#include "app/process/signals.hpp"

#include <algorithm>
#include <cerrno>

namespace sluice::app {

process_signals::process_signals() {
    sigemptyset(&set_);
    sigaddset(&set_, SIGTERM);
    sigaddset(&set_, SIGINT);
    sigaddset(&set_, SIGHUP);
    sigaddset(&set_, SIGUSR1);
    pthread_sigmask(SIG_BLOCK, &set_, &previous_);
    std::signal(SIGPIPE, SIG_IGN); // NOLINT(cert-err33-c): cannot fail for SIGPIPE
    std::signal(SIGXFSZ, SIG_IGN); // NOLINT(cert-err33-c): a log over its limit is EFBIG
}

process_signals::~process_signals() {
    pthread_sigmask(SIG_SETMASK, &previous_, nullptr);
}

int process_signals::wait() const {
    int number = 0;
    while (sigwait(&set_, &number) != 0) {
    }
    return number;
}

int process_signals::wait_for(std::chrono::milliseconds limit) const {
    const timespec pause{.tv_sec = limit.count() / 1000,
                         .tv_nsec = static_cast<long>(limit.count() % 1000 * 1'000'000)};
    return std::max(sigtimedwait(&set_, nullptr, &pause), 0);
}

bool process_signals::is_stop_pending() noexcept {
    sigset_t pending{};
    sigpending(&pending);
    return sigismember(&pending, SIGTERM) == 1 || sigismember(&pending, SIGINT) == 1;
}

} // namespace sluice::app
