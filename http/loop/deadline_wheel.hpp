#pragma once
// The deadlines of all connections of one thread. Arming is a single store in the common case: a
// deadline that moves later is moved when its slot is reached. Precision is one tick, by design.
// Not a general timer. For one thread. Used by http/connection/worker.hpp.

#include <boost/intrusive/list.hpp>

#include <array>
#include <chrono>
#include <cstddef>

namespace sluice::http {

class deadline_wheel;

/// The wheel has its own link, because a connection is in other lists too. The link leaves its list
/// when it is destroyed.
using deadline_hook =
    boost::intrusive::list_base_hook<boost::intrusive::tag<deadline_wheel>,
                                     boost::intrusive::link_mode<boost::intrusive::auto_unlink>>;

/// An object with at most one deadline. Not movable, because the wheel links it.
class deadline_node : public deadline_hook {
  public:
    using time_point = std::chrono::steady_clock::time_point;

    deadline_node() = default;
    deadline_node(const deadline_node&) = delete;
    deadline_node& operator=(const deadline_node&) = delete;
    /// Disarms.
    virtual ~deadline_node() = default;

  protected:
    /// Called when the deadline has passed; the node is disarmed. May destroy the node.
    virtual void on_deadline() = 0;

  private:
    friend class deadline_wheel;

    time_point deadline_{};
    time_point linked_for_{}; // time of its slot; never later than deadline_
};

class deadline_wheel {
  public:
    using time_point = deadline_node::time_point;
    static constexpr std::chrono::milliseconds tick{100};

    explicit deadline_wheel(time_point start) : turned_to_(start) {}
    /// Disarms all nodes.
    ~deadline_wheel() = default;
    deadline_wheel(const deadline_wheel&) = delete;
    deadline_wheel& operator=(const deadline_wheel&) = delete;

    /// Replaces the node's deadline. The first advance() at least one tick after the deadline calls
    /// on_deadline().
    void arm(deadline_node& node, time_point deadline) noexcept;

    /// Calls on_deadline() of every node with a passed deadline. Called once a tick.
    void advance(time_point now);

  private:
    using slot = boost::intrusive::list<deadline_node, boost::intrusive::base_hook<deadline_hook>,
                                        boost::intrusive::constant_time_size<false>>;

    void link(deadline_node& node) noexcept;

    static constexpr std::size_t slots = 1024; // 102 s ahead; later deadlines are linked again then
    std::array<slot, slots> ring_;
    time_point turned_to_; // start of the next tick
    std::size_t cursor_ = 0;
};

} // namespace sluice::http
