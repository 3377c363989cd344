#pragma once
// What `sluice status` needs of the process beyond one generation: its start, its threads, the
// reloads and the limits. Made by app/service/application; read by app/status/status_handler.

#include "app/status/limit_window.hpp"
#include "app/status/reload_history.hpp"
#include "app/status/transfer_round.hpp"
#include "core/base/clock.hpp"

#include <memory>
#include <vector>

namespace sluice::app {

struct status_board {
    explicit status_board(const core::clock& time)
        : clock(time), started(time.wall_seconds()), began(time.steady()) {}

    const core::clock& clock;
    const std::chrono::sys_seconds started;
    const std::chrono::steady_clock::time_point began;
    reload_history reloads;
    limit_window limits;

    // Complete before the threads start.
    http::worker* own = nullptr;        // of the control socket; null: there is none
    std::vector<http::worker*> serving; // all workers but `own`

    std::shared_ptr<transfer_round> last{}; // for the thread of `own` only
};

} // namespace sluice::app
