#include "http/exchange/work_pool.hpp"

namespace sluice::http {

work_pool::work_pool(settings with, std::function<void(const std::exception&)> on_fault)
    : with_(with), on_fault_(std::move(on_fault)) {
    for (unsigned i = 0; i < with_.threads; ++i) {
        threads_.emplace_back([this] { serve(); });
    }
}

work_pool::~work_pool() {
    {
        const std::lock_guard guard(mutex_);
        is_stopping_ = true;
    }
    changed_.notify_all();
    for (auto& thread : threads_) {
        thread.join();
    }
}

bool work_pool::enqueue(std::unique_ptr<job> one) {
    {
        const std::lock_guard guard(mutex_);
        if (waiting_.size() >= with_.queue) {
            return false; // `one`, and its request, are destroyed outside the lock
        }
        waiting_.push_back(std::move(one));
    }
    changed_.notify_one();
    return true;
}

std::unique_ptr<work_pool::job> work_pool::next() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return is_stopping_ || !waiting_.empty(); });
    if (is_stopping_) {
        return nullptr;
    }
    auto one = std::move(waiting_.front());
    waiting_.pop_front();
    return one;
}

void work_pool::serve() {
    while (const auto one = next()) {
        try {
            one->run();
        } catch (const std::exception& fault) {
            on_fault_(fault);
        }
    }
}

} // namespace sluice::http
