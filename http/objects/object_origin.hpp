#pragma once
// An object store as an origin of media: its address, its credentials, the offset of its clock, and
// what its responses mean. It makes requests and judges responses; it sends nothing: object_desk,
// object_lookup and object_reader do. One for all threads. Used in http/objects, by
// http/handlers/open_file and by app/objects/object_media.

#include "core/address/http_url.hpp"
#include "core/base/clock.hpp"
#include "core/objects/object_request.hpp"
#include "http/client/call.hpp"
#include "http/client/channel.hpp"
#include "http/client/client_counts.hpp"
#include "http/client/outgoing.hpp"
#include "http/objects/request_times.hpp"

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sluice::http {

/// What came of one request to the store: the label "outcome" of its metric.
enum class object_outcome : std::uint8_t {
    done,        // 200, 206, 304
    missing,     // no such key
    changed,     // If-Match failed: another version is there
    forbidden,   // these credentials may not
    credentials, // unknown, wrong or expired
    clock,       // our clock and the store's differ by more than it accepts
    region,      // the bucket is in another region
    bucket,      // there is no such bucket
    busy,        // SlowDown, 429
    failed,      // the store has a fault, or its response makes no sense
    unreachable, // no response
};
inline constexpr std::size_t object_outcome_count = 11;
[[nodiscard]] std::string_view name_of(object_outcome what) noexcept;
/// True when the same request may succeed soon.
[[nodiscard]] bool is_worth_repeating(object_outcome what) noexcept;

/// What a request to the store asks for: the label "kind" of its metric.
enum class object_call : std::uint8_t { head, get, list };
inline constexpr std::size_t object_call_count = 3;

/// A request that failed for a reason that the operator has to know.
struct object_problem {
    object_outcome what{};
    unsigned status = 0;      // 0: no response
    std::string code{};       // the store's word for it; empty: none
    std::string request_id{}; // likewise
    std::string cause{};      // of a call without a response
};

/// The last of these, for the operator who looks later.
struct object_trouble {
    object_outcome what{};
    std::string code{};
    std::chrono::steady_clock::time_point at{};
};

class object_origin {
  public:
    struct settings {
        std::string name;
        core::http_url endpoint;
        std::string region;
        std::string bucket;
        std::string prefix;
        bool is_bucket_in_host = false;
        bool hides_missing = false;
        std::size_t buffer = 32768;                         // bytes, of each transfer
        std::size_t total_buffer = std::size_t{256} << 20U; // bytes, of all transfers
        std::chrono::milliseconds release_after{20000};
        std::chrono::milliseconds patience{5000}; // of a lookup, repetitions included
        call_limits limits{};
    };
    using problem_handler = std::function<void(const object_problem&)>;

    /// `on_problem` may be called by any thread, at most once in ten seconds for each outcome.
    /// `secure` makes the connections of https.
    object_origin(settings with, std::shared_ptr<const channel_maker> secure,
                  const core::clock& time, problem_handler on_problem);
    object_origin(const object_origin&) = delete;
    object_origin& operator=(const object_origin&) = delete;

    /// Requests are signed with these from now on; null: none can be made. `ends` is for the
    /// metric; 0: unknown. Thread safe.
    void use(std::shared_ptr<const core::object_credentials> by,
             std::chrono::sys_seconds ends = {}) noexcept;
    /// When the credentials end; 0: unknown.
    [[nodiscard]] std::chrono::sys_seconds credentials_end() const noexcept {
        return std::chrono::sys_seconds(
            std::chrono::seconds(credentials_end_.load(std::memory_order_relaxed)));
    }

    /// A signed request for the object of a path below the prefix; none without credentials. Thread
    /// safe, like all that follows.
    [[nodiscard]] std::optional<outgoing> request(bhttp::verb method, std::string_view path) const;
    /// The same for a list of the bucket: ListObjectsV2 with these parameters.
    [[nodiscard]] std::optional<outgoing>
    list_request(std::vector<std::pair<std::string, std::string>> parameters) const;

    /// Judges a response to `asked`, and counts it and the time that its head has taken. `content`
    /// is what was read of an error. Learns the offset of the clock from a response that blames
    /// ours.
    object_outcome judge(object_call asked, const call& head, std::string_view content);
    /// The same for a call without a response.
    object_outcome judge(const call_fault& why);
    /// What came of the last request; nullopt: there was none.
    [[nodiscard]] std::optional<object_outcome> last_outcome() const noexcept;
    /// The last request that failed for a reason that the operator has to know.
    [[nodiscard]] std::optional<object_trouble> last_trouble() const;
    /// The bytes of a transfer's buffer that has `held` bytes now: settings::buffer, or what it has
    /// and 4096 at least when all transfers together would exceed settings::total_buffer. Counts
    /// them until give_back().
    [[nodiscard]] std::size_t take_buffer(std::size_t held) noexcept;
    void give_back(std::size_t held) noexcept {
        buffered_.fetch_sub(held, std::memory_order_relaxed);
    }

    /// Counts a body whose connection was closed because its client paused.
    void note_released() noexcept { released_.fetch_add(1, std::memory_order_relaxed); }
    /// Counts a resumed body.
    void note_resumed() noexcept { resumed_.fetch_add(1, std::memory_order_relaxed); }
    void note_bytes(std::size_t count) noexcept {
        bytes_.fetch_add(count, std::memory_order_relaxed);
    }

    /// True while the store does not respond: a lookup has failed, and no response has come since.
    /// Lookups then fail at once, but for one a second.
    [[nodiscard]] bool is_away(std::chrono::steady_clock::time_point now) const noexcept {
        return now < away_until_.load(std::memory_order_relaxed);
    }
    void set_away(std::chrono::steady_clock::time_point until) noexcept {
        away_until_.store(until, std::memory_order_relaxed);
    }

    /// Where the clients of this origin count their connections.
    [[nodiscard]] const std::shared_ptr<client_counts>& connections() const noexcept {
        return connections_;
    }

    /// The store's clock minus ours, where the store has rejected ours; otherwise 0.
    [[nodiscard]] std::chrono::seconds clock_offset() const noexcept {
        return std::chrono::seconds(clock_offset_.load(std::memory_order_relaxed));
    }

    /// False until set_ready(true): the check behind /readyz.
    [[nodiscard]] bool is_ready() const noexcept {
        return is_ready_.load(std::memory_order_relaxed);
    }
    void set_ready(bool is) noexcept { is_ready_.store(is, std::memory_order_relaxed); }

    [[nodiscard]] const settings& with() const noexcept { return with_; }
    [[nodiscard]] const std::shared_ptr<const channel_maker>& secure() const noexcept {
        return secure_;
    }
    [[nodiscard]] const core::clock& time() const noexcept { return time_; }

    /// Appends the metrics of `all`, in which no name occurs twice; nothing when it is empty.
    static void append_metrics(std::span<const object_origin* const> all, std::string& out);

  private:
    [[nodiscard]] std::optional<outgoing> sign(bhttp::verb method, std::string path,
                                               std::string query) const;
    object_outcome count(object_problem found);
    void learn_clock(std::string_view date);

    settings with_;
    std::shared_ptr<const channel_maker> secure_;
    const core::clock& time_;
    problem_handler on_problem_;
    std::string host_;                                   // the value of Host
    std::shared_ptr<const core::object_credentials> by_; // with std::atomic_load and atomic_store
    std::atomic<std::int64_t> credentials_end_{0};       // seconds since the epoch; 0: unknown
    std::atomic<std::int64_t> clock_offset_{0};          // seconds: the store's clock minus ours
    std::atomic<std::chrono::steady_clock::time_point> away_until_{};
    std::atomic<bool> is_ready_{false};
    std::array<std::atomic<std::uint64_t>, object_outcome_count> outcomes_{};
    std::array<request_times, object_call_count> times_{};
    std::shared_ptr<client_counts> connections_ = std::make_shared<client_counts>();
    std::atomic<std::size_t> buffered_{0};
    std::atomic<std::uint64_t> released_{0};
    std::atomic<std::uint64_t> resumed_{0};
    std::atomic<std::uint64_t> bytes_{0};
    std::atomic<std::size_t> last_{object_outcome_count}; // the greatest: none
    mutable std::mutex told_mutex_;                       // guards the rest
    std::optional<object_trouble> trouble_;
    std::array<std::chrono::steady_clock::time_point, object_outcome_count> told_{};
};

} // namespace sluice::http
