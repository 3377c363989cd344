#include "http/connection/proxy_prologue.hpp"

#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <string_view>
#include <utility>

namespace sluice::http {

namespace {

using status = proxy_reading::status;

// Returns -1 with errno set on an error or when no bytes are available. Peeked bytes remain for the
// next call.
ssize_t receive(stream_socket& socket, std::span<char> into, bool peeks) noexcept {
    ssize_t got = 0;
    do {
        got = ::recv(socket.native_handle(), into.data(), into.size(),
                     MSG_DONTWAIT | (peeks ? MSG_PEEK : 0));
    } while (got < 0 && errno == EINTR);
    return got;
}

} // namespace

void proxied_sessions::start(worker& owner, arrival from) const {
    if (from.verdict.how == admission::turned_away) {
        rules_.next.start(owner, std::move(from));
        return;
    }
    (new proxy_prologue(owner, std::move(from), rules_))->start();
}

proxy_prologue::proxy_prologue(worker& owner, arrival from, const proxy_rules& by)
    : counted_connection(owner), from_(std::move(from)),
      socket_(make_stream_socket(owner.context(), std::move(from_.socket))), by_(by) {}

void proxy_prologue::start() {
    if (!by_.from.empty() && !core::contains(by_.from, from_.peer.ip)) {
        refuse();
        return;
    }
    arm(now() + owner_.where().limits.header_timeout);
    guarded([this] { read(); });
}

void proxy_prologue::wait() {
    wait_for(taken_.empty() ? connection_state::idle : connection_state::reading);
    socket_.async_wait(stream_socket::wait_read, [this](error_code ec) {
        if (ec || is_timed_out_) {
            delete this;
        } else {
            guarded([this] { read(); });
        }
    });
}

// Peeks first: the bytes show the length of the header, and the bytes after it belong to the
// session.
void proxy_prologue::read() {
    std::array<char, max_proxy_v2_size> room; // NOLINT(cppcoreguidelines-pro-type-member-init)
    const auto peeked = receive(socket_, room, true);
    if (peeked < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
        wait();
        return;
    }
    if (peeked <= 0) {
        delete this;
        return;
    }
    const auto before = taken_.size();
    taken_.append(room.data(), static_cast<std::size_t>(peeked));
    const auto seen = read_proxy_header(taken_, by_.allowed);
    if (seen.now == status::malformed) {
        refuse();
        return;
    }
    if (seen.now == status::complete) {
        taken_.resize(seen.size);
    }
    const auto wanted = taken_.size() - before;
    if (receive(socket_, std::span(room).first(wanted), false) != static_cast<ssize_t>(wanted)) {
        delete this; // peeked bytes are available: cannot happen
    } else if (seen.now == status::complete) {
        finish(seen.client);
    } else {
        wait();
    }
}

void proxy_prologue::finish(const proxied_client& client) {
    if (client.is_known) {
        from_.peer = {.address = client.is_unix ? "unix" : core::to_string(client.address),
                      .is_secure = client.is_secure,
                      .ip = client.address};
        // The place held until now was counted for the balancer.
        from_.verdict.place = {};
        from_.verdict =
            by_.gate.admit(client.is_unix ? std::nullopt : std::optional(client.address));
        if (from_.verdict.how != admission::served) {
            owner_.count().add_limit(from_.verdict.limit);
        }
    } else { // through a balancer still: the client may be anywhere
        from_.peer.is_loopback = false;
    }
    auto& owner = owner_;
    const auto& next = by_.next;
    auto from = std::move(from_);
    error_code ec; // a socket that was not released closes here
    from.socket = core::unique_fd(socket_.release(ec));
    delete this; // nothing throws after this line
    if (from.verdict.how != admission::dropped) {
        owner.begin(std::move(from), next);
    }
}

void proxy_prologue::refuse() {
    owner_.count().proxy_headers_refused.add();
    delete this;
}

void proxy_prologue::on_deadline() {
    owner_.count().add_limit(limit_label::header_timeout);
    is_timed_out_ = true;
    error_code ignored;
    socket_.close(ignored); // the outstanding wait ends this
}

} // namespace sluice::http
