#pragma once
// Handlers of the endpoints for balancers and monitors: health, readiness, metrics (docs/api.md
// §4). Not the counters themselves: http/telemetry/metrics.hpp holds them. Used by
// app/service/routes.hpp.

#include "core/access/current_revocations.hpp"
#include "http/exchange/exchange.hpp"
#include "http/handlers/open_file.hpp"

#include <atomic>
#include <cstddef>
#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace sluice::http {

/// Responds 200 whenever a worker can respond.
class health_handler final : public handler {
  public:
    void handle(request& in, reply& out) const override;
};

/// Responds 200 when the node may receive traffic; 503 while it shuts down, cannot read one of its
/// origins or has not loaded the revocations yet.
class ready_handler final : public handler {
  public:
    /// `revoked` is null when there is no store.
    ready_handler(const std::atomic<bool>& is_leaving, media_access media,
                  const core::current_revocations* revoked) noexcept
        : is_leaving_(is_leaving), media_(std::move(media)), revoked_(revoked) {}
    void handle(request& in, reply& out) const override;

  private:
    const std::atomic<bool>& is_leaving_;
    /// Asks the origins from number `next` on, and responds.
    void ask(std::size_t next, reply& out) const;
    /// Asks a directory, and goes on with number `next`.
    void list(const core::media_store& store, std::size_t next, reply& out) const;

    media_access media_;
    const core::current_revocations* revoked_;
};

/// Responds with the metrics as Prometheus text.
class metrics_handler final : public handler {
  public:
    /// `all` is complete before the first request and does not change afterwards. `append_more`
    /// adds metrics that are not counted per request: the process, the keys.
    metrics_handler(const std::vector<const counters*>& all,
                    std::function<void(std::string&)> append_more)
        : all_(all), append_more_(std::move(append_more)) {}
    void handle(request& in, reply& out) const override;

  private:
    const std::vector<const counters*>& all_;
    std::function<void(std::string&)> append_more_;
};

} // namespace sluice::http
