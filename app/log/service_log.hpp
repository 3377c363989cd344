#pragma once
// What the process says about itself: start, listening, failures, shutdown; one JSON object per
// line on standard error. Not the access log. No secret, token, path of a request or user ever gets
// here, with one exception: a name that is on the disk in another Unicode form (twin_log).
// Whoever writes a line never waits for its reader (docs/decisions/0031).

#include "app/log/line_writer.hpp"
#include "core/base/clock.hpp"
#include "core/config/config.hpp"
#include "http/telemetry/metrics.hpp"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

namespace sluice::app {

class service_log {
  public:
    using member = std::pair<std::string_view, std::string_view>;

    /// Bytes that wait for the reader at most; what comes on top is dropped and counted.
    static constexpr std::size_t max_pending = std::size_t{256} * 1024;

    /// Writes lines of `least` and above to the open descriptor `stream`. Throws std::system_error
    /// when it cannot be written to at all.
    service_log(const core::clock& clock, core::log_level least, int stream);
    /// Writes what is left, for as long as a supervisor may be expected to wait.
    ~service_log() = default;
    service_log(const service_log&) = delete;
    service_log& operator=(const service_log&) = delete;

    /// From now on. Thread safe.
    void set_level(core::log_level least) noexcept;

    /// `event` is a stable name to search for; members are escaped. Thread safe; returns at once. A
    /// line that there is no room or no memory for is dropped and counted.
    void info(std::string_view event, std::initializer_list<member> members = {}) noexcept;
    void warning(std::string_view event, std::initializer_list<member> members = {}) noexcept;
    void error(std::string_view event, std::initializer_list<member> members = {}) noexcept;

    /// Lines dropped so far. Thread safe.
    [[nodiscard]] std::uint64_t dropped() const noexcept;
    /// Appends its metric.
    void append_metrics(std::string& out) const;

  private:
    void write(core::log_level level, std::string_view event,
               std::initializer_list<member> members) noexcept;
    [[nodiscard]] bool put(core::log_level level, std::string_view event,
                           std::initializer_list<member> members);
    void tell_of_gap();

    const core::clock& clock_;
    std::atomic<core::log_level> least_;
    std::atomic<std::uint64_t> refused_{0}; // for want of room or memory
    http::counters count_;                  // of the writer's thread
    std::atomic<std::uint64_t> told_{0};    // of dropped(), in the log itself
    line_writer out_;                       // last: its thread uses the others
};

} // namespace sluice::app
