#include "http/client/client.hpp"

#include "http/client/call_flow.hpp"
#include "http/client/client_core.hpp"

#include <utility>

namespace sluice::http {

client::client(net::io_context& context, std::shared_ptr<const channel_maker> secure, settings with)
    : core_(std::make_shared<client_core>(context, std::move(secure), with)) {}

client::~client() {
    core_->idle->close();
}

std::unique_ptr<call> client::start(outgoing what, call::head_handler then) {
    auto flow = std::make_shared<call_flow>(core_, std::move(what), std::move(then));
    flow->begin();
    return std::make_unique<call>(std::move(flow));
}

const client_counts& client::counts() const noexcept {
    return *core_->counts;
}

} // namespace sluice::http
