#pragma once
// Retries an operation until it has memory. Not for requests, which fail when memory runs out: only
// for the operations that a worker cannot do without, which are its tick, its accept loop and its
// event loop. Used by http/connection/listener.cpp, http/connection/worker.cpp,
// http/loop/ready_set.cpp and http/loop/turn_queue.cpp.

#include <chrono>
#include <new>
#include <thread>

namespace sluice::http {

/// Runs `start` until it no longer throws std::bad_alloc. Blocks the thread between attempts;
/// without memory the thread could do nothing else.
template <class Start>
void persist(Start start) noexcept {
    for (;;) {
        try {
            start();
            return;
        } catch (const std::bad_alloc&) {
            std::this_thread::sleep_for(std::chrono::milliseconds(1));
        }
    }
}

} // namespace sluice::http
