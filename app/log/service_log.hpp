#pragma once
// The log of the process itself: start, listening, failures, shutdown; one JSON object per line on
// standard error. Not the access log. It never contains a secret, token, request path or user, with
// one exception: a name that is on the disk in another Unicode form (twin_log). Callers never wait
// for its reader (docs/decisions/0031-service-log-of-our-own.md). Used by app/service and
// app/log/twin_log.

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

    /// Most bytes queued for the reader; further lines are dropped and counted.
    static constexpr std::size_t max_pending = std::size_t{256} * 1024;

    /// Writes lines of level `least` and above to the open descriptor `stream`: JSON, or on a
    /// terminal text for a person, with colours unless NO_COLOR is set. Throws std::system_error
    /// when the descriptor is not writable.
    service_log(const core::clock& clock, core::log_level least, int stream);
    /// Writes the remaining lines, but waits no longer than a supervisor can be expected to.
    ~service_log() = default;
    service_log(const service_log&) = delete;
    service_log& operator=(const service_log&) = delete;

    /// Sets the level of all later lines. Thread safe.
    void set_level(core::log_level least) noexcept;

    /// `event` is a stable name to search for; members are escaped. Thread safe; returns at once. A
    /// line is dropped and counted when the queue is full or memory runs out.
    void info(std::string_view event, std::initializer_list<member> members = {}) noexcept;
    void warning(std::string_view event, std::initializer_list<member> members = {}) noexcept;
    void error(std::string_view event, std::initializer_list<member> members = {}) noexcept;

    /// True when a person reads along on a terminal.
    [[nodiscard]] bool is_for_a_person() const noexcept { return is_for_a_person_; }
    /// Writes `text` as it is, if is_for_a_person().
    void show(std::string text) noexcept;

    /// Lines dropped so far. Thread safe.
    [[nodiscard]] std::uint64_t dropped() const noexcept;
    /// Appends its metrics.
    void append_metrics(std::string& out) const;

  private:
    void write(core::log_level level, std::string_view event,
               std::initializer_list<member> members) noexcept;
    [[nodiscard]] bool put(core::log_level level, std::string_view event,
                           std::initializer_list<member> members);
    void tell_of_gap();

    [[nodiscard]] std::string line_for_a_person(core::log_level level, std::string_view event,
                                                std::initializer_list<member> members) const;

    const core::clock& clock_;
    bool is_for_a_person_;
    bool has_colours_;
    std::atomic<core::log_level> least_;
    std::atomic<std::uint64_t> refused_{0}; // no room or no memory
    http::counters count_;                  // written by the writer's thread
    std::atomic<std::uint64_t> told_{0};    // value of dropped() that the log has last reported
    line_writer out_;                       // last: its thread uses the others
};

} // namespace sluice::app
