#pragma once
// Reports in the service log that a client requested a name that is on the disk in another Unicode
// normalisation: the two look alike, so the 404 alone would not explain the cause. Looks up at most
// one name a second on a thread of its own, and drops names that arrive faster. Used by
// app/service/media_set.

#include "app/log/service_log.hpp"
#include "core/media/course_owners.hpp"
#include "core/media/media_library.hpp"

#include <condition_variable>
#include <deque>
#include <mutex>
#include <stop_token>
#include <string>
#include <string_view>
#include <thread>

namespace sluice::app {

class twin_log final : public core::miss_listener {
  public:
    /// Keeps references.
    twin_log(service_log& log, const core::course_owners& courses);

    /// Queues a name that is not ASCII. Drops it, rather than wait, when the queue is full or in
    /// use.
    void missed(std::string_view course_id, const std::string& root,
                const std::string& path) noexcept override;

  private:
    struct miss {
        std::string course_id;
        std::string root;
        std::string path;
    };

    void run(const std::stop_token& stop);
    void explain(const miss& one);

    service_log& log_;
    const core::course_owners& courses_;
    std::mutex mutex_; // guards queue_
    std::condition_variable_any wake_;
    std::deque<miss> queue_;
    std::jthread thread_; // last: it uses the others
};

} // namespace sluice::app
