#include "http/client/call.hpp"

#include "http/client/call_flow.hpp"

#include <utility>

namespace sluice::http {

call::call(std::shared_ptr<call_flow> flow) noexcept : flow_(std::move(flow)) {}

call::~call() {
    flow_->abandon();
}

unsigned call::status() const {
    return flow_->response().status();
}

std::string_view call::field(std::string_view name) const {
    return flow_->response().field(name);
}

std::optional<std::uint64_t> call::content_length() const {
    return flow_->response().content_length();
}

std::chrono::steady_clock::duration call::waited() const noexcept {
    return flow_->waited();
}

bool call::is_done() const {
    return flow_->response().is_done();
}

void call::read_some(boost::asio::mutable_buffer room, piece_handler then) {
    flow_->read_some(room, std::move(then));
}

} // namespace sluice::http
