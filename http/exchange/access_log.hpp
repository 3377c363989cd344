#pragma once
// The access log: one line per response. A worker formats into its own buffer and hands whole
// buffers to a sink, so that no request waits for a disk. A line holds no query and no token; of a
// target, only the names of a valid download; and the user only as the operator has configured. The
// sink is not here: app/log implements it. Used by http/connection/worker.hpp.

#include "core/access/pseudonym.hpp"
#include "core/config/access_fields.hpp"
#include "core/config/config.hpp"
#include "http/exchange/exchange.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace sluice::http {

/// The end of a response.
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

/// The operator's settings for lines.
struct log_policy {
    core::log_format format = core::log_format::json;
    core::logged_user user = core::logged_user::off;
    const core::pseudonyms* names = nullptr; // needed for logged_user::hash
    core::access_fields fields = core::access_fields::standard();
};

struct access_entry {
    std::chrono::system_clock::time_point time;
    std::string_view request_id;
    std::string_view peer;
    const finished_response& over;
    std::optional<std::uint64_t> delivered{}; // acknowledged bytes of the body; empty: not known
    outcome how = outcome::complete;
    const exchange_record& record;
};

/// Appends `entry` and a line feed. `seen` caches the pseudonyms of users between lines.
void append_access_line(const access_entry& entry, const log_policy& policy,
                        core::pseudonym_cache& seen, std::string& out);

/// The buffer of one worker in front of the sink. Without a sink it does nothing.
class access_log {
  public:
    access_log(log_sink* sink, counters& count) noexcept : sink_(sink), count_(count) {}

    [[nodiscard]] bool is_on() const noexcept { return sink_ != nullptr; }
    /// Writes one line. When memory runs out, the line is dropped and counted.
    void write(const access_entry& entry, const log_policy& policy) noexcept;
    /// Hands the buffered lines to the sink; called once a tick and at the end.
    void flush() noexcept;

  private:
    log_sink* sink_;
    counters& count_;
    core::pseudonym_cache seen_;
    std::string buffer_;
    std::uint64_t lines_ = 0;
};

} // namespace sluice::http
