#pragma once
// One request and its answer while they are under way, and the interface of a handler. Pooled per
// worker: an idle connection owns none of this.

#include "core/access/revocation_table.hpp"
#include "core/download/byte_range.hpp"
#include "core/token/claims.hpp"
#include "core/token/token_service.hpp"
#include "http/exchange/peer_info.hpp"
#include "http/exchange/suspension.hpp"
#include "http/request/query.hpp"
#include "http/request/request_head.hpp"
#include "http/request/request_id.hpp"
#include "http/request/target.hpp"
#include "http/sending/file_cache.hpp"
#include "http/sending/response.hpp"
#include "http/telemetry/metrics.hpp"

#include <chrono>
#include <span>
#include <string>
#include <string_view>

namespace sluice::http {

/// What a handler may look at, and room for its intermediate results.
struct request {
    request_head head;
    path_segments path;
    std::string_view raw_path; // as sent, still encoded
    std::string_view query;
    const peer_info* peer = nullptr; // the client, as far as trusted proxies name it
    peer_info client;                // what `peer` points to where one has
    std::string public_host;         // what the client asked for, as a trusted proxy says; or empty
    bool is_secure = false;          // the client's own connection is TLS
    /// Wall time when the header was complete, or the wait over; and its whole seconds.
    std::chrono::system_clock::time_point wall{};
    std::chrono::sys_seconds now{};
    std::chrono::steady_clock::time_point steady_now{};
    file_cache* files = nullptr;                     // of the worker that serves this request
    core::token_press* press = nullptr;              // likewise
    request_ids* ids = nullptr;                      // likewise; for boundaries
    const core::revocation_table* revoked = nullptr; // null: not known, or there is no store
    core::claims claims;         // scratch: reused, so that it keeps its buffers
    query_parameters parameters; // likewise
    std::string scratch;         // likewise
};

/// What the access log says of a response besides the request's own facts.
struct exchange_record {
    route_label route = route_label::none;
    std::string_view method;
    std::string_view problem; // slug; empty where the answer is no refusal
    std::string_view cause;   // the domain's name for it, finer than the slug; for the log only
    std::string jti;          // of the verified or issued token
    std::string user_id;      // likewise
    std::string client;       // where a trusted proxy named one: it is logged as the peer
    core::byte_slice slice{}; // of the file, where a part of it was asked for
    unsigned slices = 0;      // how many parts were asked for; 0: not a part of a file
    core::token_trace trace;  // of the token that a download was let through for
    std::chrono::steady_clock::time_point started{};    // the header was complete
    std::chrono::steady_clock::time_point first_byte{}; // began to send

    /// Forgets all but the capacity of its texts.
    void restart(std::chrono::steady_clock::time_point now) noexcept;
};

/// What a handler fills in.
class reply {
  public:
    /// Without a `slot` the request cannot be suspended.
    reply(response& out, exchange_record& record, counters& count,
          suspension_slot* slot = nullptr) noexcept
        : out_(out), record_(record), count_(count), slot_(slot) {}

    void open(const response_frame& frame) noexcept { frame_ = frame; }
    [[nodiscard]] const response_frame& frame() const noexcept { return frame_; }

    /// Starts a response that the caller finishes.
    response& begin(unsigned status);

    /// The response goes no faster than `how` has it; called once it has begun.
    void keep(std::unique_ptr<pace> how) noexcept { out_.keep(std::move(how)); }

    /// Answers with a row of the problem table. `subject` is in static storage.
    void refuse(problem_id why, std::string_view subject = {});
    void refuse(core::failure why);

    /// Like refuse(), for the caller to add fields and finish with finish_problem().
    response& begin_problem(problem_id why, std::string_view subject = {});
    void finish_problem();

    /// Instead of an answer: it comes later, by the completion. The handler returns at once and
    /// touches neither `in` nor `out` after this. `in` is kept as it is until then.
    [[nodiscard]] completion suspend(problem_id if_dropped = problem_id::internal) {
        return slot_->suspend(if_dropped);
    }

    [[nodiscard]] exchange_record& record() noexcept { return record_; }
    [[nodiscard]] counters& count() noexcept { return count_; }

  private:
    response& out_;
    exchange_record& record_;
    counters& count_;
    suspension_slot* slot_;
    response_frame frame_;
    std::string content_; // of the problem under way
};

/// Answers the requests of one route, at once or later (reply::suspend). Never blocks. Const: one
/// object serves all threads.
class handler {
  public:
    virtual ~handler() = default;
    virtual void handle(request& in, reply& out) const = 0;

  protected:
    handler() = default;
    handler(const handler&) = default;
    handler& operator=(const handler&) = default;
};

} // namespace sluice::http
