#pragma once
// What balancers and monitors ask: alive, ready, metrics (docs/api.md §4).

#include "core/access/revocations.hpp"
#include "core/media/media_library.hpp"
#include "http/exchange/exchange.hpp"

#include <atomic>
#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace sluice::http {

/// 200 as long as a worker can answer at all.
class health_handler final : public handler {
  public:
    void handle(request& in, reply& out) const override;
};

/// 200 when the node may take traffic; 503 while it shuts down, cannot read its media root or has
/// yet to read what is revoked.
class ready_handler final : public handler {
  public:
    /// `revoked` is null where there is no store.
    ready_handler(const std::atomic<bool>& is_leaving, const core::media_library& library,
                  const core::revocations* revoked) noexcept
        : is_leaving_(is_leaving), library_(library), revoked_(revoked) {}
    void handle(request& in, reply& out) const override;

  private:
    const std::atomic<bool>& is_leaving_;
    const core::media_library& library_;
    const core::revocations* revoked_;
};

/// Prometheus text.
class metrics_handler final : public handler {
  public:
    /// `all` is complete before the first request and does not change after it. `append_more` adds
    /// what is not counted by request: the process, the keys.
    metrics_handler(const std::vector<const counters*>& all,
                    std::function<void(std::string&)> append_more)
        : all_(all), append_more_(std::move(append_more)) {}
    void handle(request& in, reply& out) const override;

  private:
    const std::vector<const counters*>& all_;
    std::function<void(std::string&)> append_more_;
};

} // namespace sluice::http
