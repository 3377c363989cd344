#pragma once
// Guarantees that the process ends even when a thread hangs. Used by app/start/serve.

#include <chrono>

namespace sluice::app {

/// Ends the process with `status` after `limit` unless it has ended before: a thread that waits for
/// a disk that does not respond cannot be joined.
void end_within(std::chrono::milliseconds limit, int status);

} // namespace sluice::app
