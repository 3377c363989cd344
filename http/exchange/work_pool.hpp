#pragma once
// Threads for what would block an I/O thread: a database, a slow signature. A fixed number of them
// and a bounded queue: when it is full the work is refused, at once, so that a stuck store costs
// requests and not memory. Nothing on the path of a download goes through here.

#include "http/exchange/exchange.hpp"

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <type_traits>
#include <utility>
#include <vector>

namespace sluice::http {

class work_pool {
  public:
    struct settings {
        unsigned threads = 4;
        std::size_t queue = 1024; // jobs that wait for a thread; more are refused
    };

    /// `on_fault` is told what a job has thrown, from the thread that ran it; it does not throw.
    work_pool(settings with, std::function<void(const std::exception&)> on_fault);
    /// Drops what waits; waits for what runs.
    ~work_pool();
    work_pool(const work_pool&) = delete;
    work_pool& operator=(const work_pool&) = delete;

    /// Runs `work()` on one of the threads, in the order of the calls. False, and `work` dropped,
    /// when the queue is full. Thread safe.
    template <class Work>
    bool run(Work work) {
        return enqueue(std::make_unique<job_of<Work>>(std::move(work)));
    }

    /// Suspends the request of `out`; runs `work()` on the pool and then, with what it returned,
    /// `then(request& in, reply& out, Result)` on the request's own thread. Answered with
    /// `overloaded` when the queue is full, and with `internal` when `work` throws. `work` touches
    /// nothing of the request: when the request has been given up it may still run.
    template <class Work, class Then>
    void answer(reply& out, Work work, Then then) {
        run([this, done = out.suspend(problem_id::overloaded), work = std::move(work),
             then = std::move(then)]() mutable {
            try {
                done.complete(
                    [value = work(), then = std::move(then)](request& in, reply& later) mutable {
                        then(in, later, std::move(value));
                    });
            } catch (const std::exception& fault) {
                on_fault_(fault);
                done.refuse(problem_id::internal);
            }
        });
    }

  private:
    struct job {
        job() = default;
        job(const job&) = delete;
        job& operator=(const job&) = delete;
        virtual ~job() = default;
        virtual void run() = 0;
    };
    template <class Work>
    struct job_of final : job {
        explicit job_of(Work given) : work(std::move(given)) {}
        void run() override { work(); }
        Work work;
    };

    bool enqueue(std::unique_ptr<job> one);
    [[nodiscard]] std::unique_ptr<job> next();
    void serve();

    settings with_;
    std::function<void(const std::exception&)> on_fault_;
    std::mutex mutex_;
    std::condition_variable changed_;
    std::deque<std::unique_ptr<job>> waiting_;
    bool is_stopping_ = false;
    std::vector<std::thread> threads_;
};

} // namespace sluice::http
