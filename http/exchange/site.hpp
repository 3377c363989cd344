#pragma once
// The parts that all connections share while one configuration is in force. Immutable: a reload
// builds the next site separately and hands it to each worker (worker::renew). Not the process's
// own state, which survives a reload. Built by app/service/generation.hpp; used by
// http/connection/worker.hpp.

#include "core/base/clock.hpp"
#include "core/download/transfer_deadline.hpp"
#include "http/exchange/access_log.hpp"
#include "http/exchange/client_origin.hpp"
#include "http/exchange/router.hpp"
#include "http/request/cors.hpp"
#include "http/request/request_parser.hpp"
#include "http/sending/file_cache.hpp"
#include "http/sending/user_transfers.hpp"
#include "http/telemetry/trainer_counts.hpp"

#include <atomic>
#include <chrono>

namespace sluice::http {

/// All limits are finite. They come from core/config/config.hpp, limits.
struct session_limits {
    header_limits header;
    std::chrono::seconds header_timeout{10};
    std::chrono::seconds idle_timeout{75};
    std::chrono::seconds handshake_timeout{10}; // of the TLS handshake
    std::chrono::seconds handler_timeout{5};
    core::transfer_limits transfer;
    unsigned requests_per_connection = 100000;
    file_cache::settings cache;
    std::chrono::milliseconds storage_open_timeout{5000};  // to the first byte
    std::chrono::milliseconds storage_read_timeout{30000}; // for each further window
};

struct site {
    const router& routes;
    const cors_policy& cors;
    const core::clock& clock; // the same for all sites of the process
    session_limits limits;
    log_policy log;
    proxy_trust proxies{};
    user_transfers* users = nullptr;    // of the process; null: no limits per user
    trainer_counts* trainers = nullptr; // of the process; null: metrics.by_trainer is 0
    /// Set once, when the listeners close. Responses then close their connections.
    const std::atomic<bool>& is_draining;
};

} // namespace sluice::http
