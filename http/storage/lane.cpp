#include "http/storage/lane.hpp"

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <exception>
#include <map>
#include <mutex>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

namespace sluice::http {

namespace {

constexpr std::chrono::milliseconds patience{500}; // with threads, when the lane ends

} // namespace

struct lane::shared {
    explicit shared(unsigned most) : begun(most) {}

    mutable std::mutex mutex;
    std::condition_variable changed;
    std::map<std::uint64_t, std::deque<std::unique_ptr<storage_job>>> waiting; // none empty
    std::deque<std::uint64_t> turns;                                           // each key once
    std::size_t count = 0;                                                     // of those waiting
    std::vector<time_point> begun; // by thread: its call under way; epoch: it waits
    std::size_t threads = 0;
    std::size_t idle = 0;
    time_point last_done{};
    bool is_stopping = false;

    std::unique_ptr<storage_job> take() {
        const auto key = turns.front();
        turns.pop_front();
        const auto found = waiting.find(key);
        auto one = std::move(found->second.front());
        found->second.pop_front();
        if (found->second.empty()) {
            waiting.erase(found);
        } else {
            turns.push_back(key);
        }
        --count;
        return one;
    }

    void serve(std::size_t self) {
        std::unique_lock lock(mutex);
        while (!is_stopping) {
            if (count == 0) {
                ++idle;
                changed.wait(lock, [&] { return is_stopping || count > 0; });
                --idle;
                continue;
            }
            auto one = take();
            begun[self] = std::chrono::steady_clock::now();
            lock.unlock();
            try {
                one->run();
            } catch (const std::exception&) { // no memory to tell: its owner has a deadline
            }
            one.reset();
            lock.lock();
            begun[self] = {};
            last_done = std::chrono::steady_clock::now();
        }
        --threads;
        changed.notify_all();
    }
};

lane::lane(unsigned threads) : shared_(std::make_shared<shared>(threads)) {}

lane::~lane() {
    stop();
}

void lane::stop() {
    std::map<std::uint64_t, std::deque<std::unique_ptr<storage_job>>> dropped;
    std::unique_lock lock(shared_->mutex);
    shared_->is_stopping = true;
    shared_->turns.clear();
    shared_->count = 0;
    dropped.swap(shared_->waiting);
    shared_->changed.notify_all();
    shared_->changed.wait_for(lock, patience, [this] { return shared_->threads == 0; });
}

void lane::submit(std::uint64_t key, std::unique_ptr<storage_job> one) {
    const std::lock_guard guard(shared_->mutex);
    if (shared_->is_stopping) {
        return; // `one` is dropped, as those that waited
    }
    auto& of_key = shared_->waiting[key];
    if (of_key.empty()) {
        shared_->turns.push_back(key);
    }
    of_key.push_back(std::move(one));
    ++shared_->count;
    if (shared_->idle < shared_->count && shared_->threads < shared_->begun.size()) {
        try {
            std::thread([self = shared_, number = shared_->threads] {
                self->serve(number);
            }).detach();
            ++shared_->threads;
        } catch (const std::system_error&) {
            if (shared_->threads == 0) {
                throw;
            }
        }
    }
    shared_->changed.notify_one();
}

lane::state lane::look() const {
    const std::lock_guard guard(shared_->mutex);
    state now{.waiting = shared_->count, .last_done = shared_->last_done};
    for (const auto begun : shared_->begun) {
        if (begun != time_point{}) {
            ++now.busy;
            now.oldest = now.busy == 1 ? begun : std::min(now.oldest, begun);
        }
    }
    return now;
}

} // namespace sluice::http
