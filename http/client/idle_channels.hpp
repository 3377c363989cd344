#pragma once
// The connections to other servers that carry no request at the moment, for a short time. Used by
// http/client/client_core.

#include "http/client/channel.hpp"

#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <cstddef>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace sluice::http {

/// On one thread, that of `context`, which outlives it.
class idle_channels : public std::enable_shared_from_this<idle_channels> {
  public:
    /// Keeps client_counts::idle of `counts` up to date.
    idle_channels(net::io_context& context, std::chrono::milliseconds life, std::size_t per_place,
                  std::shared_ptr<client_counts> counts);
    ~idle_channels();
    idle_channels(const idle_channels&) = delete;
    idle_channels& operator=(const idle_channels&) = delete;

    /// The newest connection to `place` that is still open, or null.
    [[nodiscard]] std::unique_ptr<channel> take(const std::string& place);
    [[nodiscard]] bool has_room(const std::string& place) const;
    /// REQUIRES: has_room(place).
    void put(const std::string& place, std::unique_ptr<channel> one);
    /// Closes all, and has no room from now on.
    void close() noexcept;

  private:
    struct entry {
        std::unique_ptr<channel> where;
        std::chrono::steady_clock::time_point since;
    };

    void drop_old();
    void sweep_later();

    std::map<std::string, std::vector<entry>> all_;
    net::steady_timer sweep_;
    std::chrono::milliseconds life_;
    std::size_t per_place_;
    std::shared_ptr<client_counts> counts_;
    bool is_sweeping_ = false;
};

} // namespace sluice::http
