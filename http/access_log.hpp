#pragma once
// One JSON line per response. A worker formats into its own buffer and hands whole buffers to a
// sink; the request never waits for a disk. No target, query, token or user in it: the route, the
// jti and the request id are enough to find one request.

#include "http/exchange.hpp"

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace sluice::http {

/// How a response ended.
enum class outcome : std::uint8_t { complete, aborted, cut };

/// Takes finished lines; returns at once. Thread safe.
class log_sink {
  public:
    virtual ~log_sink() = default;
    /// False when the lines had to be dropped.
    virtual bool write(std::string& lines) = 0;

  protected:
    log_sink() = default;
    log_sink(const log_sink&) = default;
    log_sink& operator=(const log_sink&) = default;
};

struct access_entry {
    std::chrono::system_clock::time_point time;
    std::string_view request_id;
    std::string_view peer;
    unsigned status = 0;
    std::uint64_t bytes = 0;
    std::chrono::microseconds duration{};
    outcome how = outcome::complete;
    const exchange_record& record;
};

/// Appends `entry` and a line feed.
void append_access_line(const access_entry& entry, std::string& out);

/// A worker's buffer before the sink. Without a sink it does nothing.
class access_log {
  public:
    access_log(log_sink* sink, counters& count) noexcept : sink_(sink), count_(count) {}

    [[nodiscard]] bool is_on() const noexcept { return sink_ != nullptr; }
    void write(const access_entry& entry);
    /// Hands over what there is; called once a tick and at the end.
    void flush();

  private:
    log_sink* sink_;
    counters& count_;
    std::string buffer_;
    std::uint64_t lines_ = 0;
};

} // namespace sluice::http
