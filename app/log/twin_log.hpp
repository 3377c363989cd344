#pragma once
// Says in the service log when somebody asked for a name that is on the disk in another Unicode
// normalisation: the two look alike, and the 404 alone would be a riddle. Looks on a thread of its
// own, one name a second at most, and forgets what comes faster. Made by media_set.

#include "app/log/service_log.hpp"
#include "core/media/catalogue.hpp"
#include "core/media/media_library.hpp"

#include <condition_variable>
#include <deque>
#include <mutex>
#include <stop_token>
#include <string>
#include <thread>

namespace sluice::app {

class twin_log final : public core::miss_listener {
  public:
    /// References are kept.
    twin_log(service_log& log, const core::catalogue& courses);

    /// Takes names that are not ASCII; a full queue, or one that is in use, is no reason to wait.
    void missed(const core::media_id& media, const std::string& path) noexcept override;

  private:
    struct miss {
        std::string course_id;
        std::string path;
    };

    void run(const std::stop_token& stop);
    void explain(const miss& one);

    service_log& log_;
    const core::catalogue& courses_;
    std::mutex mutex_; // guards queue_
    std::condition_variable_any wake_;
    std::deque<miss> queue_;
    std::jthread thread_; // last: it uses the others
};

} // namespace sluice::app
