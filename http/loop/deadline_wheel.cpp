#include "http/loop/deadline_wheel.hpp"

#include <algorithm>

namespace sluice::http {

deadline_node::~deadline_node() {
    unlink();
}

void deadline_node::unlink() noexcept {
    if (next_ == nullptr) {
        return;
    }
    previous_->next_ = next_;
    next_->previous_ = previous_;
    next_ = previous_ = nullptr;
}

deadline_wheel::deadline_wheel(time_point start) : turned_to_(start) {
    for (auto& head : ring_) {
        head.previous_ = head.next_ = &head;
    }
}

deadline_wheel::~deadline_wheel() {
    for (auto& head : ring_) {
        while (head.next_ != &head) {
            head.next_->unlink();
        }
    }
}

void deadline_wheel::arm(deadline_node& node, time_point deadline) noexcept {
    node.deadline_ = deadline;
    if (node.next_ != nullptr && deadline >= node.linked_for_) {
        return;
    }
    node.unlink();
    link(node);
}

void deadline_wheel::link(deadline_node& node) noexcept {
    const auto ahead = std::max(node.deadline_ - turned_to_, time_point::duration::zero());
    const auto ticks = std::min<std::size_t>(static_cast<std::size_t>(ahead / tick), slots - 2) + 1;
    node.linked_for_ = std::min(node.deadline_, turned_to_ + static_cast<int>(ticks) * tick);
    auto& head = ring_[(cursor_ + ticks) % slots];
    node.previous_ = head.previous_;
    node.next_ = &head;
    head.previous_->next_ = &node;
    head.previous_ = &node;
}

void deadline_wheel::advance(time_point now) {
    for (; turned_to_ + tick <= now; turned_to_ += tick, cursor_ = (cursor_ + 1) % slots) {
        auto& head = ring_[cursor_];
        while (head.next_ != &head) {
            auto& node = *head.next_;
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
