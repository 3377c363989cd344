#pragma once
// Threads for work that would block an I/O thread: a database, a slow signature. The number of
// threads is fixed and the queue is bounded. When the queue is full, work is rejected at once, so
// that a stuck store costs requests and not memory. No part of a download uses this pool. Used by
// http/handlers/token_handler.hpp and app/service/store_service.hpp.

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
        std::size_t queue = 1024; // jobs that wait for a thread; more are rejected
    };

    /// `on_fault` receives each exception of a job, on the thread that ran it; it must not throw.
    work_pool(settings with, std::function<void(const std::exception&)> on_fault);
    /// Drops the waiting jobs and waits for the running ones.
    ~work_pool();
    work_pool(const work_pool&) = delete;
    work_pool& operator=(const work_pool&) = delete;

    /// Runs `work()` on one of the threads, in the order of the calls. Returns false and drops
    /// `work` when the queue is full. Thread safe.
    template <class Work>
    bool run(Work work) {
        return enqueue(std::make_unique<job_of<Work>>(std::move(work)));
    }

    /// Suspends the request of `out`, runs `work()` on the pool and then, with its result,
    /// `then(request& in, reply& out, Result)` on the request's own thread. The response is
    /// `overloaded` when the queue is full and `internal` when `work` throws. `work` must not touch
    /// the request: it may still run after the request was abandoned.
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
