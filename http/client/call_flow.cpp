#include "http/client/call_flow.hpp"

#include <boost/asio/post.hpp>

#include <utility>

namespace sluice::http {

call_flow::call_flow(std::shared_ptr<client_core> core, outgoing what, call::head_handler then)
    : core_(std::move(core)), what_(std::move(what)), place_(what_.to.base()),
      on_head_(std::move(then)), timer_(core_->context), began_(clock::now()) {
    response_.emplace(what_.method, what_.limits.head_bytes);
}

void call_flow::begin() {
    net::post(core_->context, [self = shared_from_this()] {
        if (!self->is_over_) {
            self->reuse_or_open();
        }
    });
}

void call_flow::reuse_or_open() {
    if (!is_well_formed(what_)) {
        fail({call_fault::kind::malformed,
              "the request has a field or a target that cannot be sent"});
        return;
    }
    if (what_.to.is_secure && !core_->secure) {
        fail({call_fault::kind::tls, "no certificate authorities are configured"});
        return;
    }
    text_ = text_of(what_);
    channel_ = core_->idle->take(place_);
    is_reused_ = channel_ != nullptr;
    if (is_reused_) {
        core_->counts->reused.fetch_add(1);
        send();
    } else {
        open();
    }
}

void call_flow::open() {
    limit(what_.limits.connect);
    step_ = step::name;
    core_->names.find(what_.to.host, what_.to.port,
                      [weak = weak_from_this()](call_result<std::vector<tcp::endpoint>> found) {
                          const auto self = weak.lock();
                          if (!self || self->is_over_) {
                              return;
                          }
                          if (found) {
                              self->connect(std::move(*found));
                          } else {
                              self->fail(std::move(found.error()));
                          }
                      });
}

void call_flow::connect(std::vector<tcp::endpoint> to) {
    step_ = step::address;
    race_ = connect_race::start(core_->context, std::move(to), core_->receive_buffer,
                                [self = shared_from_this()](call_result<tcp::socket> won) {
                                    if (self->is_over_) {
                                        return;
                                    }
                                    if (won) {
                                        self->greet(std::move(*won));
                                    } else {
                                        self->core_->names.forget(self->what_.to.host);
                                        self->fail(std::move(won.error()));
                                    }
                                });
}

void call_flow::greet(tcp::socket socket) {
    step_ = step::handshake;
    race_ = nullptr;
    const channel_maker& maker = what_.to.is_secure ? *core_->secure : core_->plain;
    channel_ = maker.make(std::move(socket));
    channel_->count_in(core_->counts);
    channel_->greet(what_.to.host, [self = shared_from_this()](std::string why) {
        if (self->is_over_) {
            return;
        }
        if (why.empty()) {
            self->send();
        } else {
            self->fail({call_fault::kind::tls, std::move(why)});
        }
    });
}

void call_flow::send() {
    step_ = step::head;
    limit(what_.limits.first_byte);
    channel_->write(net::buffer(text_), [self = shared_from_this()](const error_code& ec) {
        if (self->is_over_) {
            return;
        }
        if (ec) {
            self->break_off({call_fault::kind::closed, "the connection broke: " + ec.message()});
        } else {
            self->read_head();
        }
    });
}

void call_flow::read_head() {
    const auto done = response_->read_head();
    if (!done) {
        fail(done.error());
    } else if (*done) {
        take_head();
    } else {
        receive(&call_flow::read_head);
    }
}

void call_flow::take_head() {
    step_ = step::content;
    waited_ = clock::now() - began_;
    due_ = clock::time_point::max();
    text_ = {};
    if (response_->is_done()) {
        release_channel();
    } else if (!response_->has_content()) {
        channel_->acknowledge();
    }
    const auto then = std::exchange(on_head_, nullptr);
    then({});
}

void call_flow::receive(void (call_flow::*next)()) {
    const auto room = response_->prepare();
    if (room.size() == 0) {
        fail(response_->too_large());
        return;
    }
    channel_->read_some(room,
                        [self = shared_from_this(), next](const error_code& ec, std::size_t bytes) {
                            if (self->is_over_) {
                                return;
                            }
                            self->response_->commit(bytes);
                            if (self->survives(ec)) {
                                (self.get()->*next)();
                            }
                        });
}

bool call_flow::survives(const error_code& ec) {
    if (ec == net::error::eof) {
        auto complete = response_->end();
        if (!complete) {
            break_off(std::move(complete.error()));
        }
        return complete.has_value();
    }
    if (ec) {
        break_off({call_fault::kind::closed, "the connection broke: " + ec.message()});
    }
    return !ec;
}

void call_flow::read_some(net::mutable_buffer room, call::piece_handler then) {
    room_ = room;
    on_piece_ = std::move(then);
    if (fault_ || response_->is_done()) {
        net::post(core_->context, [self = shared_from_this()] {
            if (self->on_piece_) {
                const auto late = std::exchange(self->on_piece_, nullptr);
                late(self->fault_ ? call_result<std::size_t>(*self->fault_)
                                  : call_result<std::size_t>(0U));
            }
        });
        return;
    }
    if (response_->has_content()) {
        net::post(core_->context, [self = shared_from_this()] {
            if (!self->is_over_) {
                self->deliver();
            }
        });
        return;
    }
    fetch_content();
}

void call_flow::fetch_content() {
    limit(what_.limits.stall);
    const auto bytes = channel_->can_read_in_place() ? response_->direct(room_.size()) : 0;
    if (bytes > 0) {
        read_directly(bytes);
    } else {
        receive(&call_flow::deliver);
    }
}

void call_flow::read_directly(std::size_t most) {
    channel_->read_some(net::buffer(room_, most),
                        [self = shared_from_this()](const error_code& ec, std::size_t n) {
                            if (self->is_over_) {
                                return;
                            }
                            self->response_->took_directly(n);
                            if (self->survives(ec)) {
                                self->give(n);
                            }
                        });
}

void call_flow::deliver() {
    const auto taken = response_->take(room_);
    if (!taken) {
        fail(taken.error());
    } else if (*taken == 0 && !response_->is_done()) {
        fetch_content();
    } else {
        give(*taken);
    }
}

void call_flow::give(std::size_t bytes) {
    due_ = clock::time_point::max();
    if (response_->is_done()) {
        release_channel();
    }
    const auto then = std::exchange(on_piece_, nullptr);
    then(bytes);
}

void call_flow::release_channel() {
    if (!channel_) {
        return;
    }
    if (response_->may_keep() && core_->idle->has_room(place_)) {
        core_->idle->put(place_, std::move(channel_));
    } else {
        channel_->close();
    }
}

// A timer that is due earlier is left alone: it looks at due_ again. So a read costs no timer.
void call_flow::limit(std::chrono::milliseconds from_now) {
    due_ = clock::now() + from_now;
    if (!is_waiting_ || timer_.expiry() > due_) {
        wait_for_limit();
    }
}

void call_flow::wait_for_limit() {
    is_waiting_ = true;
    timer_.expires_at(due_);
    timer_.async_wait([weak = weak_from_this()](const error_code& ec) {
        const auto self = weak.lock();
        if (ec || !self || self->is_over_) {
            return;
        }
        self->is_waiting_ = false;
        if (self->due_ <= clock::now()) {
            self->time_out();
        } else if (self->due_ != clock::time_point::max()) {
            self->wait_for_limit();
        }
    });
}

void call_flow::time_out() {
    const auto cause = [this]() -> std::string {
        switch (step_) {
        case step::name:
            return "the resolver gave no address of " + what_.to.host + " in time";
        case step::address:
            return "no connection to " + race_->progress() + " in time";
        case step::handshake:
            return "the TLS handshake with " + what_.to.host + " was not finished in time";
        case step::head:
            return "the server did not answer in time";
        case step::content:
            break;
        }
        return "the server stopped in the middle of its response";
    };
    if (step_ == step::address) {
        core_->names.forget(what_.to.host);
    }
    fail({call_fault::kind::timeout, cause()});
}

// The server has closed an idle connection just as the request was sent. The second connection is
// a new one, so this happens once.
void call_flow::break_off(call_fault why) {
    if (step_ != step::head || !is_reused_ || response_->has_started() ||
        !is_idempotent(what_.method)) {
        fail(std::move(why));
        return;
    }
    is_reused_ = false;
    core_->counts->repeated.fetch_add(1);
    channel_->close();
    broken_ = std::move(channel_);
    response_.emplace(what_.method, what_.limits.head_bytes);
    open();
}

void call_flow::fail(call_fault why) {
    is_over_ = true;
    close();
    fault_ = std::move(why);
    if (on_head_) {
        const auto then = std::exchange(on_head_, nullptr);
        then(*fault_);
    } else if (on_piece_) {
        const auto then = std::exchange(on_piece_, nullptr);
        then(*fault_);
    }
}

void call_flow::abandon() noexcept {
    is_over_ = true;
    on_head_ = nullptr;
    on_piece_ = nullptr;
    close();
}

void call_flow::close() noexcept {
    if (race_) {
        race_->cancel();
    }
    if (channel_) {
        channel_->close();
    }
    timer_.cancel();
}

} // namespace sluice::http
