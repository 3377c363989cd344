#pragma once
// What a scrape says of the process itself, under the names that every Prometheus client uses, and
// of the build.

#include <chrono>
#include <string>

namespace sluice::app {

class process_metrics {
  public:
    /// Takes its making for the start of the process.
    process_metrics();

    /// Appends the exposition. Costs a handful of system calls.
    void append(std::string& out) const;

  private:
    std::chrono::system_clock::time_point started_;
};

} // namespace sluice::app
