#include "http/loop/ready_set.hpp"

#include "http/loop/persist.hpp"

#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>

#include <algorithm>
#include <cerrno>
#include <span>
#include <utility>

namespace sluice::http {

namespace {

constexpr std::uint32_t input = EPOLLIN | EPOLLPRI | EPOLLRDHUP | EPOLLET;
constexpr std::uint32_t input_and_room = input | EPOLLOUT;
constexpr std::uint32_t broken = EPOLLHUP | EPOLLERR;
constexpr std::uint32_t ended = EPOLLRDHUP | broken;

error_code last_error() noexcept {
    return {errno, boost::system::system_category()};
}

} // namespace

ready_socket::~ready_socket() {
    leave();
}

void ready_socket::leave() noexcept {
    if (std::exchange(is_member_, false)) {
        owner_->forget(*this);
    }
}

void ready_socket::withdraw(int fd) noexcept {
    if (is_member_) {
        leave();
        static_cast<void>(owner_->arm(EPOLL_CTL_DEL, fd, *this)); // fails if not in the set
    }
}

void ready_socket::begin_wait(want what, int fd, bool is_sure) {
    wanted_ = what;
    if (what == want::read ? may_read_ : may_write_) {
        end_wait({});
    } else if (!is_member_ || !is_sure || is_urgent_ || what == want::write) {
        // Both operations report the current state.
        if (const auto failure =
                owner_->arm(is_member_ ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, fd, *this)) {
            end_wait(failure);
        } else {
            is_member_ = true;
        }
    }
}

void ready_socket::end_wait(error_code why) noexcept {
    if (wanted_ == want::nothing) {
        return;
    }
    due_ = why;
    if (!is_linked()) {
        owner_->make_due(*this);
    }
}

void ready_socket::notice(std::uint32_t events) noexcept {
    is_ending_ = is_ending_ || (events & ended) != 0;
    is_urgent_ = is_urgent_ || (events & EPOLLPRI) != 0;
    may_read_ = may_read_ || (events & (EPOLLIN | ended)) != 0;
    may_write_ = may_write_ || (events & (EPOLLOUT | broken)) != 0;
    if ((wanted_ == want::read && may_read_) || (wanted_ == want::write && may_write_)) {
        complete({});
    }
}

void ready_socket::complete(error_code ec) noexcept {
    wanted_ = want::nothing;
    unlink();
    auto handler = handler_; // a copy: it may start a wait or destroy this
    handler(ec);
}

ready_set::ready_set(net::io_context& context, turn_queue& turns)
    : context_(context), turns_(turns), set_(context) {
    const int fd = ::epoll_create1(EPOLL_CLOEXEC);
    if (fd < 0) {
        throw boost::system::system_error(last_error(), "epoll_create1");
    }
    set_.assign(fd);
    watch();
}

void ready_set::watch() {
    persist([this] {
        set_.async_wait(descriptor::wait_read, [this](error_code ec) {
            if (!ec) { // responses to one batch are sent before the next
                turns_.run_along([this] { return take_events(); });
                watch();
            }
        });
    });
}

std::size_t ready_set::take_events() {
    const int count = ::epoll_wait(set_.native_handle(), events_.data(), events_at_once, 0);
    count_ = static_cast<std::size_t>(std::max(count, 0)); // EINTR: watch() tries again
    for (next_ = 0; next_ < count_;) {
        const auto& event = events_[next_++];
        if (event.data.ptr != nullptr) {
            static_cast<ready_socket*>(event.data.ptr)->notice(event.events);
        }
    }
    return count_;
}

void ready_set::make_due(ready_socket& one) noexcept {
    due_.push_back(one);
    if (!std::exchange(is_due_posted_, true)) {
        persist([this] { net::post(context_, [this] { run_due(); }); });
    }
}

void ready_set::run_due() noexcept {
    is_due_posted_ = false;
    turns_.begin_round();
    decltype(due_) now; // sockets that become due now wait for the next run
    now.swap(due_);
    while (!now.empty()) {
        auto& one = now.front();
        one.complete(one.due_); // unlinks it
    }
    turns_.end_round();
}

// Nearly every socket has room: a socket that waits to read is not woken for that.
error_code ready_set::arm(int operation, int fd, ready_socket& one) noexcept {
    epoll_event event{};
    event.events = one.wanted_ == ready_socket::want::write ? input_and_room : input;
    event.data.ptr = &one;
    const int failed = ::epoll_ctl(set_.native_handle(), operation, fd, &event);
    return failed == 0 ? error_code{} : last_error();
}

void ready_set::forget(const ready_socket& one) noexcept {
    for (auto& event : std::span(events_).subspan(next_, count_ - next_)) {
        if (event.data.ptr == &one) {
            event.data.ptr = nullptr;
        }
    }
}

} // namespace sluice::http
