#pragma once
// Deadlines of all connections of one thread: arming is a store in the common case, because a
// deadline that only moves later is moved lazily, when its slot comes round. Coarse on purpose (a
// tick).

#include <boost/intrusive/list.hpp>

#include <array>
#include <chrono>
#include <cstddef>

namespace sluice::http {

class deadline_wheel;

/// A link of the wheel's own, as a connection is in other lists too. It leaves its list by itself
/// when it is destroyed.
using deadline_hook =
    boost::intrusive::list_base_hook<boost::intrusive::tag<deadline_wheel>,
                                     boost::intrusive::link_mode<boost::intrusive::auto_unlink>>;

/// Something with at most one deadline. Not movable: the wheel links it.
class deadline_node : public deadline_hook {
  public:
    using time_point = std::chrono::steady_clock::time_point;

    deadline_node() = default;
    deadline_node(const deadline_node&) = delete;
    deadline_node& operator=(const deadline_node&) = delete;
    /// Disarms.
    virtual ~deadline_node() = default;

  protected:
    /// The deadline has passed; the node is disarmed. May destroy the node.
    virtual void on_deadline() = 0;

  private:
    friend class deadline_wheel;

    time_point deadline_{};
    time_point linked_for_{}; // of the slot it sits in; never later than deadline_
};

class deadline_wheel {
  public:
    using time_point = deadline_node::time_point;
    static constexpr std::chrono::milliseconds tick{100};

    explicit deadline_wheel(time_point start) : turned_to_(start) {}
    /// Disarms all that are armed.
    ~deadline_wheel() = default;
    deadline_wheel(const deadline_wheel&) = delete;
    deadline_wheel& operator=(const deadline_wheel&) = delete;

    /// Replaces the node's deadline; on_deadline() is called by the first advance() at least a tick
    /// past it.
    void arm(deadline_node& node, time_point deadline) noexcept;

    /// Calls on_deadline() of every node whose time has come. Called once a tick.
    void advance(time_point now);

  private:
    using slot = boost::intrusive::list<deadline_node, boost::intrusive::base_hook<deadline_hook>,
                                        boost::intrusive::constant_time_size<false>>;

    void link(deadline_node& node) noexcept;

    static constexpr std::size_t slots = 1024; // 102 s ahead; what is later is looked at again then
    std::array<slot, slots> ring_;
    time_point turned_to_; // start of the tick that comes next
    std::size_t cursor_ = 0;
};

} // namespace sluice::http
