#pragma once
// The common base of objects that hold a connection: a reference to the worker, a deadline, and the
// counters of open connections. Not a session. Used by http/connection/session_base.hpp,
// http/connection/proxy_prologue.hpp and tls/handshake.hpp.

#include "http/connection/worker.hpp"

#include <chrono>
#include <exception>

namespace sluice::http {

class counted_connection : public deadline_node, public connection {
  public:
    counted_connection(const counted_connection&) = delete;
    counted_connection& operator=(const counted_connection&) = delete;

  protected:
    using time_point = std::chrono::steady_clock::time_point;

    explicit counted_connection(worker& owner) : owner_(owner) {
        owner_.enlist(*this);
        owner_.count().connections_open.add();
        owner_.count().connections_new.add();
        in_state(state_).add();
    }
    ~counted_connection() override {
        note_request();
        in_state(state_).subtract();
        owner_.count().connections_open.subtract();
    }

    [[nodiscard]] time_point now() const noexcept { return owner_.where().clock.steady(); }
    [[nodiscard]] std::chrono::system_clock::time_point wall_now() const noexcept {
        return owner_.where().clock.wall();
    }
    void arm(time_point deadline) noexcept { owner_.deadlines().arm(*this, deadline); }

    /// The connection has had its first request, or ends without one.
    void note_request() noexcept {
        if (is_new_) {
            is_new_ = false;
            owner_.count().connections_new.subtract();
        }
    }

    /// Sets the state in which the metrics count the connection. Does nothing when the state is
    /// unchanged.
    void wait_for(connection_state what) noexcept {
        if (what != state_) {
            in_state(state_).subtract();
            in_state(what).add();
            state_ = what;
        }
    }

    /// Runs a step. An exception, such as std::bad_alloc, ends this connection only. A step that
    /// has destroyed the connection must not throw.
    template <class Step>
    void guarded(Step step) noexcept {
        try {
            step();
        } catch (const std::exception&) {
            owner_.count().faults.add();
            delete this;
        }
    }

    worker& owner_;

  private:
    counter& in_state(connection_state what) noexcept {
        return owner_.count().connections[static_cast<std::size_t>(what)];
    }

    connection_state state_ = connection_state::idle;
    bool is_new_ = true;
};

} // namespace sluice::http
