#pragma once
// The metrics of the process, under the names that all Prometheus clients use, and of the build.
// Used by application and generation.

#include <chrono>
#include <string>

namespace sluice::app {

class process_metrics {
  public:
    /// Takes the time of its construction as the start of the process.
    process_metrics();

    /// Appends the metrics in the exposition format. Costs a handful of system calls.
    void append(std::string& out) const;

  private:
    std::chrono::system_clock::time_point started_;
};

} // namespace sluice::app
