#include "http/loop/deadline_wheel.hpp"

#include <algorithm>

namespace sluice::http {

void deadline_wheel::arm(deadline_node& node, time_point deadline) noexcept {
    node.deadline_ = deadline;
    if (node.is_linked() && deadline >= node.linked_for_) {
        return;
    }
    if (node.is_linked()) {
        node.unlink();
    }
    link(node);
}

void deadline_wheel::link(deadline_node& node) noexcept {
    const auto ahead = std::max(node.deadline_ - turned_to_, time_point::duration::zero());
    const auto ticks = std::min<std::size_t>(static_cast<std::size_t>(ahead / tick), slots - 2) + 1;
    node.linked_for_ = std::min(node.deadline_, turned_to_ + static_cast<int>(ticks) * tick);
    ring_[(cursor_ + ticks) % slots].push_back(node);
}

void deadline_wheel::advance(time_point now) {
    for (; turned_to_ + tick <= now; turned_to_ += tick, cursor_ = (cursor_ + 1) % slots) {
        auto& due = ring_[cursor_];
        while (!due.empty()) {
            auto& node = due.front();
            node.unlink();
            if (node.deadline_ <= now) {
                node.on_deadline();
            } else {
                link(node);
            }
        }
    }
}

} // namespace sluice::http
