#pragma once
// For the few things a worker must not give up when memory runs out: its tick, its accept loop.

#include <chrono>
#include <new>
#include <thread>

namespace sluice::http {

/// Runs `start` again until there is memory for it. It blocks its thread meanwhile, which could do
/// nothing without memory either.
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
