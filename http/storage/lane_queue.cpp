#include "http/storage/lane_queue.hpp"

#include <algorithm>
#include <utility>

namespace sluice::http {

void lane_queue::add(task one) {
    const auto key = one.when.key;
    const auto [of_key, is_new] = by_key_.try_emplace(key);
    try {
        of_key->second.push_back(std::move(one));
        if (is_new) {
            turns_.push_back(key);
        }
    } catch (...) {
        if (is_new) {
            by_key_.erase(of_key);
        }
        throw;
    }
    ++waiting_;
}

bool lane_queue::may_run(const file& one) const noexcept {
    const auto others = busy_ - one.busy;
    const auto share = (std::max(threads_, others) - others + 1) / 2;
    return one.busy < std::max<std::size_t>(share, 1);
}

std::optional<lane_queue::task> lane_queue::take() {
    while (!turns_.empty()) {
        const auto key = turns_.front();
        turns_.pop_front();
        const auto found = by_key_.find(key);
        auto one = std::move(found->second.front());
        found->second.pop_front();
        if (found->second.empty()) {
            by_key_.erase(found);
        } else {
            turns_.push_back(key);
        }
        if (one.when.file != lane::any_file) {
            auto& of_file = files_[one.when.file];
            if (!may_run(of_file)) {
                of_file.parked.push_back(std::move(one));
                continue;
            }
            ++of_file.busy;
        }
        --waiting_;
        ++busy_;
        return one;
    }
    return std::nullopt;
}

void lane_queue::finish(lane::turn when) {
    --busy_;
    const auto found = files_.find(when.file);
    if (found == files_.end()) {
        return;
    }
    auto& of_file = found->second;
    --of_file.busy;
    // Two parked jobs for the one that has ended, because the share grows when other files need
    // fewer threads. take() parks a job again if the share is used up.
    for (int i = 0; i < 2 && !of_file.parked.empty(); ++i) {
        --waiting_;
        add(std::move(of_file.parked.front()));
        of_file.parked.pop_front();
    }
    if (of_file.busy == 0 && of_file.parked.empty()) {
        files_.erase(found);
    }
}

std::deque<lane_queue::task> lane_queue::drop() {
    std::deque<task> all;
    const auto move_all = [&all](std::deque<task>& from) {
        std::ranges::move(from, std::back_inserter(all));
        from.clear();
    };
    for (auto& [key, of_key] : by_key_) {
        move_all(of_key);
    }
    for (auto& [key, of_file] : files_) {
        move_all(of_file.parked);
    }
    by_key_.clear();
    turns_.clear();
    waiting_ = 0;
    return all;
}

} // namespace sluice::http
