#include "http/client/whole_call.hpp"

#include <utility>

namespace sluice::http {

namespace {

using clock = std::chrono::steady_clock;

constexpr std::size_t room_bytes = 16384;

call_fault too_large(std::size_t most) {
    return {call_fault::kind::too_large,
            "the response is larger than " + std::to_string(most) + " bytes"};
}

} // namespace

whole_call::whole_call(client& by, outgoing what, bounds within, handler then)
    : within_(within), due_(clock::now() + within.time), then_(std::move(then)),
      call_(by.start(std::move(what), [this](call_result<void> head) {
          if (!head) {
              finish(std::move(head.error()));
          } else if (!call_->is_done() && call_->content_length().value_or(0) > within_.bytes) {
              finish(too_large(within_.bytes));
          } else {
              room_.resize(room_bytes);
              read_more();
          }
      })) {}

void whole_call::read_more() {
    call_->read_some(net::buffer(room_), [this](call_result<std::size_t> piece) {
        if (piece) {
            take(*piece);
        } else {
            finish(std::move(piece.error()));
        }
    });
}

void whole_call::take(std::size_t bytes) {
    if (bytes == 0) {
        finish(std::move(all_));
    } else if (bytes > within_.bytes - all_.size()) {
        finish(too_large(within_.bytes));
    } else if (clock::now() > due_) {
        finish(call_fault{call_fault::kind::timeout, "the response took too long"});
    } else {
        all_.append(room_, 0, bytes);
        read_more();
    }
}

void whole_call::finish(call_result<std::string> outcome) {
    const auto then = std::move(then_);
    then(std::move(outcome)); // may destroy this object
}

} // namespace sluice::http
