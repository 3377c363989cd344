#pragma once
// One line per response. A worker formats into its own buffer and hands whole buffers to a sink;
// the request never waits for a disk. No target, query or token in it, and of the user what the
// operator wants: the route, the jti and the request id are enough to find one request.

#include "core/access/pseudonym.hpp"
#include "core/config/config.hpp"
#include "http/exchange/exchange.hpp"

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
    virtual bool write(std::string& lines) noexcept = 0;

  protected:
    log_sink() = default;
    log_sink(const log_sink&) = default;
    log_sink& operator=(const log_sink&) = default;
};

/// What the operator decides about lines.
struct log_policy {
    core::log_format format = core::log_format::json;
    core::logged_user user = core::logged_user::off;
    const core::pseudonyms* names = nullptr; // needed for logged_user::hash
};

struct access_entry {
    std::chrono::system_clock::time_point time;
    std::string_view request_id;
    std::string_view peer;
    const finished_response& over;
    outcome how = outcome::complete;
    const exchange_record& record;
};

/// Appends `entry` and a line feed. `seen` keeps names of users from line to line.
void append_access_line(const access_entry& entry, const log_policy& policy,
                        core::pseudonym_cache& seen, std::string& out);

/// A worker's buffer before the sink. Without a sink it does nothing.
class access_log {
  public:
    access_log(log_sink* sink, counters& count) noexcept : sink_(sink), count_(count) {}

    [[nodiscard]] bool is_on() const noexcept { return sink_ != nullptr; }
    /// A line that there is no memory for is dropped and counted.
    void write(const access_entry& entry, const log_policy& policy) noexcept;
    /// Hands over what there is; called once a tick and at the end.
    void flush() noexcept;

  private:
    log_sink* sink_;
    counters& count_;
    core::pseudonym_cache seen_;
    std::string buffer_;
    std::uint64_t lines_ = 0;
};

} // namespace sluice::http
