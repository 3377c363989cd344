#pragma once
// The readiness of a worker's sockets: a separate edge-triggered epoll set, which Asio watches as
// one descriptor. Asio's own waits cost one epoll_ctl and one allocation each, and cannot know that
// a short read has emptied a socket (docs/decisions/0027-ready-set.md). Reads and writes nothing
// itself: the transports do. For one thread. Used by http/loop/socket_transport.hpp,
// tls/secure_socket.hpp and http/connection/worker.hpp.

#include "http/loop/asio.hpp"
#include "http/loop/turn_queue.hpp"

#include <boost/asio/posix/basic_stream_descriptor.hpp>
#include <boost/intrusive/list.hpp>

#include <sys/epoll.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <new>
#include <type_traits>

namespace sluice::http {

class ready_set;

/// A socket that joins the set with its first wait, and its readiness as far as it is known without
/// a system call. At most one wait at a time.
class ready_socket : public boost::intrusive::list_base_hook<
                         boost::intrusive::tag<class due_tag>,
                         boost::intrusive::link_mode<boost::intrusive::auto_unlink>> {
  public:
    ready_socket(const ready_socket&) = delete;
    ready_socket& operator=(const ready_socket&) = delete;
    ready_socket& operator=(ready_socket&&) = delete;

  protected:
    enum class want : std::uint8_t { nothing, read, write };

    explicit ready_socket(ready_set& owner) noexcept : owner_(&owner) {}
    /// REQUIRES: `other` has not waited yet.
    ready_socket(ready_socket&& other) noexcept : owner_(other.owner_) {}
    ~ready_socket();

    /// False when a read would find nothing until a wait for reading ends.
    [[nodiscard]] bool may_read() const noexcept { return may_read_; }
    /// Call it when a read has emptied the socket.
    void drained() noexcept { may_read_ = is_ending_; } // the end is reported only once
    /// Call it when the socket's buffer is full.
    void filled() noexcept { may_write_ = false; }

    /// Calls `handler` later, when `fd` may be tried again, or with an error. Asks the kernel for
    /// the current state, unless `is_sure` states that only future events count.
    template <class Handler>
    void wait(want what, int fd, const Handler& handler, bool is_sure = false) {
        handler_.hold(handler);
        begin_wait(what, fd, is_sure);
    }
    /// Calls `handler` later without waiting for the socket: its owner already holds data to
    /// continue with.
    template <class Handler>
    void wait_no_longer(const Handler& handler) {
        handler_.hold(handler);
        wanted_ = want::read;
        end_wait({});
    }
    /// Ends the outstanding wait, if there is one, soon and with `why`.
    void end_wait(error_code why) noexcept;
    /// Call it before the descriptor is closed; closing removes it from the set.
    void leave() noexcept;
    /// Removes `fd` from the set; the descriptor stays open for another owner.
    void withdraw(int fd) noexcept;

  private:
    friend class ready_set;

    // A small function object, stored in place.
    class held_handler {
      public:
        template <class Handler>
        void hold(const Handler& handler) noexcept {
            static_assert(sizeof handler <= size && std::is_trivially_copyable_v<Handler>);
            new (room_.data()) Handler(handler);
            call_ = [](void* at, error_code ec) { (*static_cast<Handler*>(at))(ec); };
        }
        void operator()(error_code ec) { call_(room_.data(), ec); }

      private:
        static constexpr std::size_t size = 32;
        alignas(std::max_align_t) std::array<std::byte, size> room_{};
        void (*call_)(void*, error_code) = nullptr;
    };

    void begin_wait(want what, int fd, bool is_sure);
    /// Handles the events that the kernel reports. May destroy this.
    void notice(std::uint32_t events) noexcept;
    /// Ends the wait. May destroy this.
    void complete(error_code ec) noexcept;

    ready_set* owner_;
    held_handler handler_;
    error_code due_; // result of a wait in the list of due ones
    want wanted_ = want::nothing;
    bool is_member_ = false;
    bool may_read_ = true; // false: known to find nothing
    bool may_write_ = true;
    bool is_ending_ = false; // the peer has closed its side, or the connection is broken
    bool is_urgent_ = false; // urgent data came: a read may stop before it
};

class ready_set {
  public:
    /// Throws boost::system::system_error when the process has no descriptor left.
    ready_set(net::io_context& context, turn_queue& turns);

  private:
    friend class ready_socket;

    /// More requests and responses than these no longer fit into the first-level cache.
    static constexpr std::size_t events_at_once = 16;

    void watch();
    /// Notifies the sockets of one batch of events. Returns how many events there were.
    std::size_t take_events();
    void run_due() noexcept;
    void make_due(ready_socket& one) noexcept;
    /// Asks for the events that `one` waits for.
    [[nodiscard]] error_code arm(int operation, int fd, ready_socket& one) noexcept;
    void forget(const ready_socket& one) noexcept;

    using descriptor = net::posix::basic_stream_descriptor<net::io_context::executor_type>;

    net::io_context& context_;
    turn_queue& turns_;
    descriptor set_;
    boost::intrusive::list<ready_socket, boost::intrusive::base_hook<ready_socket::list_base_hook>,
                           boost::intrusive::constant_time_size<false>>
        due_;
    bool is_due_posted_ = false;
    std::array<epoll_event, events_at_once> events_{}; // of the running take_events()
    std::size_t next_ = 0;                             // the first event not handled
    std::size_t count_ = 0;                            // number of events
};

} // namespace sluice::http
