#include "store/connection_pool.hpp"

#include <utility>

namespace sluice::store {

connection_pool::connection_pool(connector connect, state_handler on_state)
    : connect_(std::move(connect)), on_state_(std::move(on_state)) {}

connection_pool::connection connection_pool::take() {
    const std::lock_guard lock(mutex_);
    if (idle_.empty()) {
        return nullptr;
    }
    auto one = std::move(idle_.back());
    idle_.pop_back();
    return one;
}

core::store_result<connection_pool::connection> connection_pool::open() {
    {
        const std::lock_guard lock(mutex_);
        if (away_ && pause_.left(std::chrono::steady_clock::now()).count() > 0) {
            return *away_;
        }
    }
    auto opened = connect_(); // slow, so not under the lock
    if (!opened) {
        failed(opened.error());
    }
    return opened;
}

void connection_pool::give_back(connection one) {
    const std::lock_guard lock(mutex_);
    idle_.push_back(std::move(one));
    if (std::exchange(away_, std::nullopt)) {
        pause_.succeeded();
        on_state_(nullptr);
    }
}

void connection_pool::failed(const core::store_fault& why) {
    const std::lock_guard lock(mutex_);
    idle_.clear(); // the cause most likely broke all connections
    pause_.failed(std::chrono::steady_clock::now());
    if (!std::exchange(away_, why)) {
        on_state_(&why);
    }
}

} // namespace sluice::store
