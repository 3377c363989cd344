#pragma once
// One thread of the service: its io_context, its connections, and the state they use without a
// lock: counters, deadlines, pools, the date, the access log. A connection never leaves its worker.
// The worker does not depend on a kind of session; it starts connections through
// http/connection/entrance.hpp. Used by http/connection/listener.hpp and
// http/connection/counted_connection.hpp.

#include "http/connection/entrance.hpp"
#include "http/connection/sent_response.hpp"
#include "http/connection/transfer_report.hpp"
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
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace sluice::http {

struct delivery_list;

/// The link of a connection whose responses are not all acknowledged.
using delivery_hook =
    boost::intrusive::list_base_hook<boost::intrusive::tag<delivery_list>,
                                     boost::intrusive::link_mode<boost::intrusive::auto_unlink>>;

/// A member of the worker's list. The worker destroys the connections that are open when it ends.
class connection : public boost::intrusive::list_base_hook<
                       boost::intrusive::link_mode<boost::intrusive::auto_unlink>>,
                   public delivery_hook {
  public:
    connection() = default;
    connection(const connection&) = delete;
    connection& operator=(const connection&) = delete;
    virtual ~connection() = default;

    /// Cuts the transfer under way when `revoked` revokes the token that started it.
    virtual void recheck(const core::revocation_table& /*revoked*/) {}
    /// Cuts the transfer under way when another one has taken its place (user_transfers).
    virtual void yield_place() {}
    /// True when bytes have been sent that the peer has not acknowledged.
    [[nodiscard]] virtual bool owes_bytes() const noexcept { return false; }
    /// The response that the connection sends; empty when it sends none.
    [[nodiscard]] virtual transfer_view transfer() const noexcept { return {}; }
    /// Called once a tick after worker::await_delivery(). True when nothing is left to await.
    [[nodiscard]] virtual bool check_delivery() noexcept { return true; }
    /// Called when the worker ends: destroys this object. A transfer under way is cut and logged as
    /// such.
    virtual void stop() noexcept { delete this; }
};

/// A request while it is read and handled. Returned to the pool as soon as no part of it is
/// needed.
struct inbound {
    explicit inbound(std::shared_ptr<mailbox> to) noexcept : later(std::move(to)) {}

    /// Prepares for the next request.
    void start(const header_limits& limits) noexcept {
        bytes.set_limit(limits.header_bytes);
        parser.start(limits);
    }

    read_buffer bytes;
    request_parser parser;
    request asked;
    suspension_slot later;
};

/// A response while it is sent: all that a slow download holds.
struct outbound {
    response answer;
    response_writer writer;
    /// The facts that remain when the response has been sent, and are then kept without the rest
    /// (delivery::hold). Null only in the pool.
    std::unique_ptr<sent_response> facts = std::make_unique<sent_response>();
    bool is_second = false; // the request was handled once more (session_base::begins_again)

    [[nodiscard]] exchange_record& record() noexcept { return facts->record; }
    [[nodiscard]] const exchange_record& record() const noexcept { return facts->record; }
};

class worker {
  public:
    /// `sink` may be null: no access log.
    worker(std::shared_ptr<const site> where, log_sink* sink);
    ~worker();
    worker(const worker&) = delete;
    worker& operator=(const worker&) = delete;

    /// Serves until stop(). The calling thread owns all other members.
    void run();
    /// Makes run() return soon; open connections are cut. Thread safe.
    void stop();

    /// New requests are served by `next` soon after the call. Thread safe. The previous site is
    /// destroyed when the last worker and the last pin() have released it.
    void renew(std::shared_ptr<const site> next);

    /// Downloads are checked against `table` soon after the call, and those under way whose token
    /// it revokes are cut. Thread safe. Call it again when the same table has grown.
    void revoke(std::shared_ptr<const core::revocation_table> table);

    /// Calls `to` soon, on this worker's thread, with its oldest transfers of files, at most
    /// `most`. Never, when the worker ends before. Thread safe.
    void report_transfers(std::size_t most, std::function<void(transfer_report)> to);

    /// Grows ten times a second while the event loop runs. Thread safe.
    [[nodiscard]] std::uint64_t rounds() const noexcept { return rounds_.value(); }

    /// The connections with bytes that their peers have not acknowledged, a tick ago. Counted only
    /// while the site is draining. Thread safe.
    [[nodiscard]] std::uint64_t owing() const noexcept { return owing_.value(); }

    [[nodiscard]] net::io_context& context() noexcept { return context_; }
    /// Gives the worker its way to object stores, which is made for context(). Call it before
    /// run().
    void give(std::shared_ptr<object_desk> desk) noexcept { objects_ = std::move(desk); }
    [[nodiscard]] counters& count() noexcept { return count_; }

    /// Counts a connected socket in non-blocking mode and starts it with begin(). Call it, like
    /// begin(), on this worker's thread.
    void adopt(arrival from, const session_starter& by) noexcept;
    /// Starts the session of `from` with `by`. A failure closes the socket and is counted.
    void begin(arrival from, const session_starter& by) noexcept;

    /// Lets the connections of await_delivery() ask what is acknowledged. Called once a tick.
    void check_delivery() noexcept;

    // For sessions, on this worker's thread:
    /// The site in force. The next handler that runs may see another one.
    [[nodiscard]] const site& where() const noexcept { return *where_; }
    /// Keeps the site in force alive, including files(), for a request that waits before its
    /// response is complete. No other caller needs it: a transfer holds its own file and its own
    /// copy of the limits.
    [[nodiscard]] std::shared_ptr<const void> pin() const noexcept { return in_force_; }
    [[nodiscard]] deadline_wheel& deadlines() noexcept { return deadlines_; }
    [[nodiscard]] turn_queue& turns() noexcept { return turns_; }
    [[nodiscard]] ready_set& ready() noexcept { return ready_; }
    /// The way for other threads to reach this worker.
    [[nodiscard]] const std::shared_ptr<mailbox>& mail() const noexcept { return mailbox_; }
    /// The file cache of the site in force. A request that was suspended under another
    /// configuration keeps the cache it started with, and never puts its files into this one.
    [[nodiscard]] file_cache& files() noexcept { return in_force_->files; }
    [[nodiscard]] core::token_press& press() noexcept { return press_; }
    [[nodiscard]] object_desk* objects() noexcept { return objects_.get(); }
    /// Null: not loaded yet, or there is no store.
    [[nodiscard]] const core::revocation_table* revoked() const noexcept { return revoked_.get(); }
    [[nodiscard]] access_log& log() noexcept { return log_; }
    [[nodiscard]] object_pool<inbound>& inbounds() noexcept { return inbounds_; }
    [[nodiscard]] object_pool<outbound>& outbounds() noexcept { return outbounds_; }
    [[nodiscard]] object_pool<sent_response>& sent_responses() noexcept { return sent_responses_; }
    /// What the record of a request must name: for the access log and the counts by trainer.
    [[nodiscard]] core::access_fields noted_fields() const noexcept;
    /// Counts a response that has ended for its trainer, if it is a download and the site counts
    /// by trainer. `delivered`: acknowledged bytes of its body.
    void count_trainer(const exchange_record& of, const finished_response& over,
                       std::uint64_t delivered) noexcept;
    void enlist(connection& one);
    /// Calls one.check_delivery() once a tick until it returns true.
    void await_delivery(connection& one) noexcept;
    /// One instant on both clocks.
    struct time_pair {
        std::chrono::steady_clock::time_point steady;
        std::chrono::system_clock::time_point wall;
    };
    /// The time at which turns().round() handled its first request: for all of its requests, which
    /// arrived before that or within the time that one batch takes. Outside of a round, the time of
    /// the call.
    [[nodiscard]] time_pair round_time() noexcept;
    /// The wall time of a recent `instant`, which saves a reading of the clock.
    [[nodiscard]] std::chrono::system_clock::time_point
    wall_at(std::chrono::steady_clock::time_point instant) const noexcept {
        return read_.wall + std::chrono::duration_cast<std::chrono::system_clock::duration>(
                                instant - read_.steady);
    }
    /// The value of the Date field at `now`, formatted once a second.
    [[nodiscard]] std::string_view date(std::chrono::sys_seconds now);
    [[nodiscard]] request_ids& ids() noexcept { return ids_; }

  private:
    /// A site and the files opened under it.
    struct era {
        std::shared_ptr<const site> where;
        file_cache files;
    };

    void schedule_tick();
    void read_clocks() noexcept;
    void count_owing() noexcept;
    void serve_users(user_transfers& users, std::chrono::steady_clock::time_point now);

    std::shared_ptr<era> in_force_;
    const site* where_; // of in_force_
    const core::clock& clock_;
    counters count_;
    counter rounds_;
    counter owing_;
    net::io_context context_;
    std::shared_ptr<object_desk> objects_; // null: none
    std::shared_ptr<mailbox> mailbox_;     // also held by completions, which may outlive the worker
    net::executor_work_guard<net::io_context::executor_type> work_;
    net::basic_waitable_timer<std::chrono::steady_clock,
                              net::wait_traits<std::chrono::steady_clock>,
                              net::io_context::executor_type>
        ticker_;
    deadline_wheel deadlines_;
    turn_queue turns_;
    ready_set ready_;
    time_pair read_;            // the last reading; not older than a tick
    std::uint64_t read_in_ = 0; // its round; 0: none
    core::token_press press_;
    std::shared_ptr<const core::revocation_table> revoked_;
    std::uint64_t displacements_ = 0; // seen so far
    access_log log_;
    trainer_batch trainers_;
    object_pool<inbound> inbounds_;
    object_pool<outbound> outbounds_;
    object_pool<sent_response> sent_responses_;
    std::string date_;
    std::chrono::sys_seconds date_of_{};
    request_ids ids_;
    boost::intrusive::list<connection, boost::intrusive::base_hook<delivery_hook>,
                           boost::intrusive::constant_time_size<false>>
        awaited_;
    boost::intrusive::list<connection, boost::intrusive::constant_time_size<false>> connections_;
};

} // namespace sluice::http
