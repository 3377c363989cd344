#pragma once
// What balancers and monitors ask: alive, ready, metrics (contract §4).

#include "core/media_library.hpp"
#include "http/exchange.hpp"

#include <atomic>
#include <vector>

namespace sluice::http {

/// 200 as long as a worker can answer at all.
class health_handler final : public handler {
  public:
    void handle(request& in, reply& out) const override;
};

/// 200 when the node may take traffic; 503 while it shuts down or cannot read its media root.
class ready_handler final : public handler {
  public:
    ready_handler(const std::atomic<bool>& is_draining, const core::media_library& library) noexcept
        : is_draining_(is_draining), library_(library) {}
    void handle(request& in, reply& out) const override;

  private:
    const std::atomic<bool>& is_draining_;
    const core::media_library& library_;
};

/// Prometheus text.
class metrics_handler final : public handler {
  public:
    /// `all` is complete before the first request and does not change after it.
    explicit metrics_handler(const std::vector<const counters*>& all) noexcept : all_(all) {}
    void handle(request& in, reply& out) const override;

  private:
    const std::vector<const counters*>& all_;
};

} // namespace sluice::http
