#pragma once
// Keeps the credentials of an object store up to date that the agent of a container gives: fetched
// at once, again before they end, and sooner after a failure. The last good ones stay in use
// meanwhile. It has a thread of its own, because a list of a large bucket may outlast them. Files
// of credentials are app/objects/object_media's own. Used by app/objects/object_media.

#include "app/log/service_log.hpp"
#include "app/objects/container_agent.hpp"
#include "http/objects/object_origin.hpp"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <thread>

namespace sluice::app {

class credentials_feed {
  public:
    /// Begins to fetch. `log` outlives this object.
    credentials_feed(container_agent from, std::shared_ptr<http::object_origin> to,
                     service_log& log);
    /// Ends the thread; waits a tenth of a second for it at most.
    ~credentials_feed();
    credentials_feed(const credentials_feed&) = delete;
    credentials_feed& operator=(const credentials_feed&) = delete;

    /// True when the first fetch has ended, however it did. Thread safe.
    [[nodiscard]] bool has_tried() const noexcept { return has_tried_.load(); }

  private:
    void run() noexcept;
    /// Fetches; returns the time until the next fetch.
    [[nodiscard]] std::chrono::seconds fetch();
    void take(agent_answer& got);
    /// Tells of each cause once, until a fetch succeeds.
    void tell(const std::string& cause);
    /// By both clocks, because one of them stands still while a machine sleeps.
    void pause(std::chrono::seconds time);

    container_agent from_;
    std::shared_ptr<http::object_origin> to_;
    service_log& log_;

    // Used by the thread only.
    std::set<std::string> told_;
    std::chrono::seconds retry_{0};
    std::chrono::sys_seconds ends_{}; // of the credentials in use; 0: there are none

    std::atomic<bool> has_tried_{false};
    std::mutex mutex_; // guards is_over_
    std::condition_variable stopped_;
    std::atomic<bool> is_over_{false};
    std::thread thread_;
};

} // namespace sluice::app
