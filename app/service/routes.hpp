#pragma once
// The complete route table: paths and their handlers. It does not match requests:
// http/exchange/router does. Used by app/service/generation.

#include "app/status/status_handler.hpp"
#include "http/exchange/router.hpp"
#include "http/handlers/download_handler.hpp"
#include "http/handlers/ops_handlers.hpp"
#include "http/handlers/token_handler.hpp"
#include "http/handlers/web_handler.hpp"

#include <vector>

namespace sluice::app {

/// All request handlers.
struct handlers {
    http::token_handler token;
    http::download_handler lesson;
    http::download_handler course;
    http::download_handler module;
    http::health_handler health;
    http::ready_handler ready;
    http::metrics_handler metrics;
    status_handler status;
    std::vector<http::web_handler> page; // must not move while routes refer to it
};

/// Routes of the main listener. `has_metrics`: /metrics is served here, not on its own listener.
[[nodiscard]] std::vector<http::route> main_routes(const handlers& all, bool has_metrics);

/// Routes of the metrics listener.
[[nodiscard]] std::vector<http::route> metrics_routes(const handlers& all);

/// Routes of the control socket.
[[nodiscard]] std::vector<http::route> control_routes(const handlers& all);

} // namespace sluice::app
