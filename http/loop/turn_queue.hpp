#pragma once
// Who wants to go on once the others have had their turn: first come, first served, and who has
// something to give back before who has not. One post to Asio's queue runs many turns, so a turn
// costs two pointers and no allocation. One thread.

#include "http/loop/asio.hpp"

#include <boost/intrusive/list.hpp>

#include <cstddef>
#include <utility>

namespace sluice::http {

/// Something that waits for its turn, at most once at a time; leaves the queue when it goes.
class turn_taker : public boost::intrusive::list_base_hook<
                       boost::intrusive::tag<class turn_tag>,
                       boost::intrusive::link_mode<boost::intrusive::auto_unlink>> {
  public:
    turn_taker() = default;
    turn_taker(const turn_taker&) = delete;
    turn_taker& operator=(const turn_taker&) = delete;

    /// May queue itself again, and may destroy itself.
    virtual void take_turn() = 0;

  protected:
    ~turn_taker() = default;
};

class turn_queue {
  public:
    explicit turn_queue(net::io_context& context) noexcept : context_(context) {}

    /// `one` takes its turn behind all that is ready now. It is not in the queue yet.
    void push(turn_taker& one);
    /// The same, before all that push() has brought: `one` holds what its turn gives back. Of those
    /// there are no more than were read between two runs, whatever the number of connections.
    void push_holder(turn_taker& one);

    /// Does `some()`, which says how much that was, then lets take their turns whose it is, and so
    /// on until there was nothing, or enough of both: without a post to Asio in between.
    template <class Some>
    void run_along(Some some) {
        const bool was_posted = std::exchange(is_posted_, true);
        std::size_t done = 0;
        while (done < turns_at_once) {
            const std::size_t more = some();
            if (more == 0) {
                break;
            }
            done += more + take_turns();
        }
        is_posted_ = was_posted;
        if (has_any()) {
            see_to_run();
        }
    }

  private:
    using list =
        boost::intrusive::list<turn_taker, boost::intrusive::base_hook<turn_taker::list_base_hook>,
                               boost::intrusive::constant_time_size<false>>;

    /// Asio takes at most this many events from the kernel at once. As many turns, and then the
    /// kernel is asked again: else those who wait there would be served once in a round of
    /// everybody who waits here.
    static constexpr std::size_t turns_at_once = 128;

    [[nodiscard]] bool has_any() const noexcept { return !holders_.empty() || !waiting_.empty(); }
    void run();
    void see_to_run();
    std::size_t take_turns();
    static std::size_t take_turns(list& of, std::size_t most);

    net::io_context& context_;
    list holders_;
    list waiting_;
    bool is_posted_ = false;
};

} // namespace sluice::http
