#pragma once
// One request and its response while they are under way, and the interface of a handler. Pooled per
// worker: an idle connection holds none of this. Not the connection:
// http/connection/session_base.hpp is. Used by all handlers, the router and the session.

#include "core/access/revocation_table.hpp"
#include "core/download/byte_range.hpp"
#include "core/token/claims.hpp"
#include "core/token/token_service.hpp"
#include "http/exchange/peer_info.hpp"
#include "http/exchange/request_note.hpp"
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

class object_desk; // http/objects/object_desk.hpp

/// The input of a handler, and room for its intermediate results.
struct request {
    request_head head;
    path_segments path;
    std::string_view raw_path; // as sent, still encoded
    std::string_view query;
    const peer_info* peer = nullptr; // the client; behind a trusted proxy, as the proxy names it
    peer_info client;                // `peer` points here when a trusted proxy named the client
    std::string public_host; // the host the client asked for, from a trusted proxy; or empty
    bool is_secure = false;  // the client's own connection is TLS
    /// Wall time when the header was complete or, after a suspension, when the request was resumed;
    /// and the same in whole seconds.
    std::chrono::system_clock::time_point wall{};
    std::chrono::sys_seconds now{};
    std::chrono::steady_clock::time_point steady_now{};
    std::uint64_t round = 1;                         // of the worker (turn_queue::round)
    file_cache* files = nullptr;                     // of the worker of this request
    core::token_press* press = nullptr;              // likewise
    request_ids* ids = nullptr;                      // likewise; for boundaries
    object_desk* objects = nullptr;                  // likewise; null: no object store
    const core::revocation_table* revoked = nullptr; // null: not loaded, or no store
    core::claims claims;         // scratch: reused, so that it keeps its buffers
    query_parameters parameters; // likewise
    std::string scratch;         // likewise
};

/// Facts that the access log records about a response, in addition to those of the request.
struct exchange_record {
    route_label route = route_label::none;
    std::string_view method;
    std::string_view problem;     // slug; empty when the response is not an error
    std::string_view cause;       // finer than the slug; for the log only
    std::string jti;              // of the verified or issued token
    std::string user_id;          // likewise
    std::string client;           // named by a trusted proxy; logged as the peer
    request_note note;            // what the request named
    core::byte_slice slice{};     // the requested part of the file, if any
    unsigned slices = 0;          // number of requested parts; 0: not a range request
    bool is_after_expiry = false; // only the resume window of the token admitted the request
    core::token_trace trace;      // of the token that authorised a download
    std::chrono::steady_clock::time_point started{};    // the header was complete
    std::chrono::steady_clock::time_point first_byte{}; // sending began

    /// Resets everything; the texts keep their capacity. `wanted`: what the access log will write.
    void restart(std::chrono::steady_clock::time_point now,
                 core::access_fields wanted = {}) noexcept;
};

/// The output of a handler.
class reply {
  public:
    /// Without a `slot` the request cannot be suspended.
    reply(response& out, exchange_record& record, counters& count,
          suspension_slot* slot = nullptr) noexcept
        : out_(out), record_(record), count_(count), slot_(slot) {}

    void open(const response_frame& frame) noexcept { frame_ = frame; }
    [[nodiscard]] const response_frame& frame() const noexcept { return frame_; }

    /// Starts a response, which the caller finishes.
    response& begin(unsigned status);

    /// Limits the speed of the response to `how`. Call it after begin().
    void keep(std::unique_ptr<pace> how) noexcept { out_.keep(std::move(how)); }

    /// Rejects the request with a row of the problem table. `subject` must be in static storage.
    void refuse(problem_id why, std::string_view subject = {});
    void refuse(core::failure why);

    /// Like refuse(), but the caller adds fields and then calls finish_problem().
    response& begin_problem(problem_id why, std::string_view subject = {});
    void finish_problem();

    /// Suspends the request: the completion responds later. The handler must return at once and
    /// touch neither `in` nor `out` after this call. `in` is kept unchanged until the response.
    [[nodiscard]] completion suspend(problem_id if_dropped = problem_id::internal,
                                     wait_limit limit = {}) {
        return slot_->suspend(if_dropped, limit);
    }

    [[nodiscard]] exchange_record& record() noexcept { return record_; }
    [[nodiscard]] counters& count() noexcept { return count_; }

  private:
    response& out_;
    exchange_record& record_;
    counters& count_;
    suspension_slot* slot_;
    response_frame frame_;
    std::string content_; // of the problem being written
};

/// Responds to the requests of one route, immediately or later (reply::suspend). Must not block.
/// handle() is const: one object serves all threads.
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
