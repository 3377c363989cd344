#pragma once
// The end of the process, whatever hangs.

#include <chrono>

namespace sluice::app {

/// Ends the process with `status` once `limit` has passed, if it has not ended by itself by then: a
/// thread that waits for a disk which does not answer cannot be joined.
void end_within(std::chrono::milliseconds limit, int status);

} // namespace sluice::app
