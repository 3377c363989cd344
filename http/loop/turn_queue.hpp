#pragma once
// A FIFO of sessions that yielded. Sessions that hold buffers run before those that hold none. One
// post to Asio's queue runs many turns, so a turn costs two pointers and no allocation. It does not
// watch sockets: http/loop/ready_set.hpp does. For one thread. Used by http/connection/worker.hpp,
// http/connection/session_base.hpp and http/loop/ready_set.hpp.

#include "http/loop/asio.hpp"

#include <boost/intrusive/list.hpp>

#include <cstddef>
#include <cstdint>
#include <utility>

namespace sluice::http {

/// An object that waits for its turn, at most once at a time. Leaves the queue when it is
/// destroyed.
class turn_taker : public boost::intrusive::list_base_hook<
                       boost::intrusive::tag<class turn_tag>,
                       boost::intrusive::link_mode<boost::intrusive::auto_unlink>> {
  public:
    turn_taker() = default;
    turn_taker(const turn_taker&) = delete;
    turn_taker& operator=(const turn_taker&) = delete;

    /// Runs the turn. May queue itself again, and may destroy itself.
    virtual void take_turn() = 0;

  protected:
    ~turn_taker() = default;
};

class turn_queue {
  public:
    explicit turn_queue(net::io_context& context) noexcept : context_(context) {}

    /// Queues `one` behind all entries that are ready now. REQUIRES: `one` is not in the queue.
    void push(turn_taker& one);
    /// Like push(), but ahead of all entries from push(), because the turn of `one` releases
    /// buffers. The number of such entries is at most the number of requests read between two runs;
    /// it does not grow with the number of connections.
    void push_holder(turn_taker& one);

    /// Alternates between `some()`, which returns how much it did, and the turns that are due,
    /// until `some()` returns 0 or the limit of turns is reached. Needs no post to Asio in between.
    template <class Some>
    void run_along(Some some) {
        const bool was_posted = std::exchange(is_posted_, true);
        std::size_t done = 0;
        while (done < turns_at_once) {
            begin_round();
            const std::size_t more = some();
            if (more == 0) {
                break;
            }
            done += more + take_turns();
        }
        end_round();
        is_posted_ = was_posted;
        if (has_any()) {
            see_to_run();
        }
    }

    /// The number of the present round, never 0: one call of run_along()'s `some`, or one turn.
    /// Bytes of all requests of a round had arrived before it: what one of them has found out about
    /// a file is new enough for the others.
    [[nodiscard]] std::uint64_t round() const noexcept { return round_; }
    /// False outside of a round: round() is then the number of the last one.
    [[nodiscard]] bool is_in_round() const noexcept { return is_in_round_; }
    /// For work that is neither: call end_round() after it.
    void begin_round() noexcept {
        ++round_;
        is_in_round_ = true;
    }
    void end_round() noexcept { is_in_round_ = false; }

  private:
    using list =
        boost::intrusive::list<turn_taker, boost::intrusive::base_hook<turn_taker::list_base_hook>,
                               boost::intrusive::constant_time_size<false>>;

    /// Asio takes at most this many events from the kernel at once. After as many turns the kernel
    /// is asked again; otherwise new events would be served only once per round of all waiting
    /// sessions.
    static constexpr std::size_t turns_at_once = 128;

    [[nodiscard]] bool has_any() const noexcept { return !holders_.empty() || !waiting_.empty(); }
    void run();
    void see_to_run();
    std::size_t take_turns();
    std::size_t take_turns(list& of, std::size_t most);

    net::io_context& context_;
    list holders_;
    list waiting_;
    std::uint64_t round_ = 1;
    bool is_in_round_ = false;
    bool is_posted_ = false;
};

} // namespace sluice::http
