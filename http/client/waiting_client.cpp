#include "http/client/waiting_client.hpp"

#include <utility>

namespace sluice::http {

namespace {

using clock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds step{100}; // between two looks at is_over

} // namespace

std::function<bool()> is_over_after(std::chrono::milliseconds time) {
    return [latest = clock::now() + time] { return clock::now() >= latest; };
}

waiting_client::waiting_client(std::shared_ptr<const channel_maker> secure,
                               std::function<bool()> is_over, client::settings with)
    : is_over_(std::move(is_over)), client_(context_, std::move(secure), std::move(with)) {}

void waiting_client::run_briefly() {
    context_.restart();
    context_.run_one_for(step);
}

} // namespace sluice::http
