#include "http/storage/lane.hpp"

#include "http/storage/lane_queue.hpp"

#include <algorithm>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <new>
#include <thread>
#include <utility>
#include <vector>

namespace sluice::http {

namespace {

constexpr std::chrono::milliseconds patience{500}; // how long stop() waits for running threads

} // namespace

struct lane::shared {
    explicit shared(unsigned most) : queue(most), begun(most) {}

    mutable std::mutex mutex;
    std::condition_variable changed;
    lane_queue queue;
    std::vector<time_point> begun; // by thread: start of its call; epoch: it is idle
    std::size_t threads = 0;
    std::size_t idle = 0;
    time_point last_done{};
    bool is_stopping = false;

    /// Throws std::bad_alloc when the lane has no thread and none can be started.
    static void start_thread(const std::shared_ptr<shared>& self) {
        try {
            std::thread([self, number = self->threads] { self->serve(number); }).detach();
            ++self->threads;
        } catch (const std::exception&) { // std::system_error, or no memory for its state
            if (self->threads == 0) {     // a shortage, and not a fault: the request may come again
                throw std::bad_alloc();
            }
        }
    }

    void serve(std::size_t self) {
        std::unique_lock lock(mutex);
        while (!is_stopping) {
            auto one = queue.take();
            if (!one) {
                ++idle;
                changed.wait(lock, [&] { return is_stopping || queue.has_turn(); });
                --idle;
                continue;
            }
            begun[self] = std::chrono::steady_clock::now();
            lock.unlock();
            try {
                one->job->run();
            } catch (const std::exception&) { // out of memory: the request waits until its deadline
            }
            one->job.reset();
            lock.lock();
            begun[self] = {};
            last_done = std::chrono::steady_clock::now();
            queue.finish(one->when);
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
    std::deque<lane_queue::task> dropped; // destroyed after the lock
    std::unique_lock lock(shared_->mutex);
    shared_->is_stopping = true;
    dropped = shared_->queue.drop();
    shared_->changed.notify_all();
    shared_->changed.wait_for(lock, patience, [this] { return shared_->threads == 0; });
}

void lane::submit(turn when, std::unique_ptr<storage_job> one) {
    const std::lock_guard guard(shared_->mutex);
    if (shared_->is_stopping) {
        return; // `one` is dropped
    }
    // The thread first: a job in the queue would be run later, although the caller was told that it
    // is not.
    if (shared_->idle <= shared_->queue.waiting() && shared_->threads < shared_->begun.size()) {
        shared::start_thread(shared_);
    }
    shared_->queue.add({when, std::move(one)});
    shared_->changed.notify_one();
}

lane::state lane::look() const {
    const std::lock_guard guard(shared_->mutex);
    state now{.waiting = shared_->queue.waiting(), .last_done = shared_->last_done};
    for (const auto begun : shared_->begun) {
        if (begun != time_point{}) {
            ++now.busy;
            now.oldest = now.busy == 1 ? begun : std::min(now.oldest, begun);
        }
    }
    return now;
}

} // namespace sluice::http
