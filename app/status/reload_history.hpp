#pragma once
// The last reloads of the process and their results, for `sluice status`. The service log has them
// all; this keeps a few in memory. Used by app/service/reload and app/status/status_handler.

#include <chrono>
#include <cstddef>
#include <deque>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::app {

class reload_history {
  public:
    static constexpr std::size_t most = 20;               // reloads
    static constexpr std::size_t most_detail_bytes = 400; // of each

    struct entry {
        std::chrono::sys_seconds at{};
        std::string_view what; // "configuration", "keys" or "certificates"
        bool is_done = false;  // false: refused, the old content stays in force
        std::string detail;    // the changed settings, or the reasons of the refusal
    };

    /// Keeps `one`; drops the oldest beyond `most`, and the end of a long detail. Thread safe.
    void note(entry one);
    /// The newest first. Thread safe.
    [[nodiscard]] std::vector<entry> list() const;

  private:
    mutable std::mutex mutex_; // guards entries_
    std::deque<entry> entries_;
};

} // namespace sluice::app
