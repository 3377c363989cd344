#pragma once
// The metrics of the process, under the names that all Prometheus clients use, and of the build.
// They do not include the requests: http/telemetry/metrics counts those. Used by
// app/service/application and app/service/generation.

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
