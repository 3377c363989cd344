#pragma once
// One thread's share of the service: its io_context, its connections, and what they use without a
// lock: counters, deadlines, pools, the date, the access log. A connection never leaves its worker.

#include "http/connection/entrance.hpp"
#include "http/exchange/access_log.hpp"
#include "http/exchange/site.hpp"
#include "http/loop/asio.hpp"
#include "http/loop/deadline_wheel.hpp"
#include "http/loop/object_pool.hpp"
#include "http/loop/ready_set.hpp"
#include "http/loop/turn_queue.hpp"
#include "http/request/read_buffer.hpp"
#include "http/request/request_id.hpp"
#include "http/sending/file_cache.hpp"
#include "http/sending/response_writer.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/intrusive/list.hpp>

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace sluice::http {

/// What a worker keeps count of, to destroy those that are open when it ends itself.
class connection : public boost::intrusive::list_base_hook<
                       boost::intrusive::link_mode<boost::intrusive::auto_unlink>> {
  public:
    connection() = default;
    connection(const connection&) = delete;
    connection& operator=(const connection&) = delete;
    virtual ~connection() = default;

    /// Cuts the transfer under way, if `revoked` kills the token it was begun with.
    virtual void recheck(const core::revocation_table& /*revoked*/) {}
    /// The worker ends: destroys this. A transfer under way is cut, and logged as such.
    virtual void stop() noexcept { delete this; }
};

/// A request while it is read and answered; given back as soon as nothing of it is needed.
struct inbound {
    explicit inbound(std::shared_ptr<mailbox> to) noexcept : later(std::move(to)) {}

    /// Ready for the next request.
    void start(const header_limits& limits) noexcept {
        bytes.set_limit(limits.header_bytes);
        parser.start(limits);
    }

    read_buffer bytes;
    request_parser parser;
    request asked;
    suspension_slot later;
};

/// A response while it is sent: what a slow download holds.
struct outbound {
    response answer;
    response_writer writer;
    exchange_record record;
    request_id id;
};

class worker {
  public:
    /// `sink` may be null: no access log.
    worker(std::shared_ptr<const site> where, log_sink* sink);
    ~worker();
    worker(const worker&) = delete;
    worker& operator=(const worker&) = delete;

    /// Serves until stop(). The thread that calls it owns everything else here.
    void run();
    /// Ends run() soon; connections are cut. Thread safe.
    void stop();

    /// Serves new requests by `next`, soon. Thread safe. The site before it goes when the last
    /// worker and the last pin() have let go of it.
    void renew(std::shared_ptr<const site> next);

    /// Judges downloads by `table` from now on, soon, and cuts those under way whose token it
    /// kills. Thread safe. Called again when there is more in the same table.
    void revoke(std::shared_ptr<const core::revocation_table> table);

    /// Grows ten times a second as long as the thread goes round its loop. Thread safe.
    [[nodiscard]] std::uint64_t rounds() const noexcept { return rounds_.value(); }

    [[nodiscard]] net::io_context& context() noexcept { return context_; }
    [[nodiscard]] counters& count() noexcept { return count_; }

    /// Takes a connected socket in non-blocking mode: counts it and begins it. On this worker's
    /// thread, as begin().
    void adopt(arrival from, const session_starter& by) noexcept;
    /// Starts `from` by `by`; a failure closes the socket and is counted.
    void begin(arrival from, const session_starter& by) noexcept;

    // For sessions, on this worker's thread:
    /// What is in force; it may be another one in the next handler that runs.
    [[nodiscard]] const site& where() const noexcept { return *where_; }
    /// Keeps what is in force alive, files() included, for a request that waits in the middle of
    /// its answer. Nobody else needs it: a transfer holds its own file and its own copy of the
    /// limits.
    [[nodiscard]] std::shared_ptr<const void> pin() const noexcept { return in_force_; }
    [[nodiscard]] deadline_wheel& deadlines() noexcept { return deadlines_; }
    [[nodiscard]] turn_queue& turns() noexcept { return turns_; }
    [[nodiscard]] ready_set& ready() noexcept { return ready_; }
    /// Of what is in force: a request that was suspended under another configuration keeps to the
    /// cache it began with, and never puts a file that it opened by that one in here.
    [[nodiscard]] file_cache& files() noexcept { return in_force_->files; }
    [[nodiscard]] core::token_press& press() noexcept { return press_; }
    /// Null: not known yet, or there is no store.
    [[nodiscard]] const core::revocation_table* revoked() const noexcept { return revoked_.get(); }
    [[nodiscard]] access_log& log() noexcept { return log_; }
    [[nodiscard]] object_pool<inbound>& inbounds() noexcept { return inbounds_; }
    [[nodiscard]] object_pool<outbound>& outbounds() noexcept { return outbounds_; }
    void enlist(connection& one);
    /// The Date of `now`, made once a second.
    [[nodiscard]] std::string_view date(std::chrono::sys_seconds now);
    [[nodiscard]] request_ids& ids() noexcept { return ids_; }

  private:
    /// A configuration, and the files that were opened by it.
    struct era {
        std::shared_ptr<const site> where;
        file_cache files;
    };

    void schedule_tick();

    std::shared_ptr<era> in_force_;
    const site* where_; // its
    const core::clock& clock_;
    counters count_;
    counter rounds_;
    net::io_context context_;
    std::shared_ptr<mailbox> mailbox_; // also held by completions, which may outlive the worker
    net::executor_work_guard<net::io_context::executor_type> work_;
    net::basic_waitable_timer<std::chrono::steady_clock,
                              net::wait_traits<std::chrono::steady_clock>,
                              net::io_context::executor_type>
        ticker_;
    deadline_wheel deadlines_;
    turn_queue turns_;
    ready_set ready_;
    core::token_press press_;
    std::shared_ptr<const core::revocation_table> revoked_;
    access_log log_;
    object_pool<inbound> inbounds_;
    object_pool<outbound> outbounds_;
    std::string date_;
    std::chrono::sys_seconds date_of_{};
    request_ids ids_;
    boost::intrusive::list<connection, boost::intrusive::constant_time_size<false>> connections_;
};

} // namespace sluice::http
