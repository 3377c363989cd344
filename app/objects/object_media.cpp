#include "app/objects/object_media.hpp"

#include "app/objects/container_agent.hpp"
#include "app/objects/credentials_feed.hpp"
#include "app/objects/object_list.hpp"
#include "core/objects/credentials_file.hpp"
#include "tls/client_channels.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <utility>

namespace sluice::app {

namespace {

using http::object_outcome;
using std::chrono::steady_clock;

/// What shows that a file has been written or replaced.
struct file_stamp {
    ino_t inode = 0;
    off_t size = 0;
    timespec changed{};

    friend bool operator==(const file_stamp& a, const file_stamp& b) noexcept {
        return a.inode == b.inode && a.size == b.size && a.changed.tv_sec == b.changed.tv_sec &&
               a.changed.tv_nsec == b.changed.tv_nsec;
    }
};

file_stamp stamp_of(const std::string& path) noexcept {
    struct stat facts {};
    return ::stat(path.c_str(), &facts) == 0
               ? file_stamp{facts.st_ino, facts.st_size, facts.st_ctim}
               : file_stamp{};
}

} // namespace

std::shared_ptr<http::object_origin>
make_object_origin(const core::origin_settings& from, std::chrono::milliseconds patience,
                   http::object_origin::problem_handler on_problem) {
    struct timed {
        core::system_clock time;
        std::optional<http::object_origin> origin{};
    };
    auto made = std::make_shared<timed>();
    std::string unused;
    made->origin.emplace(
        http::object_origin::settings{
            .name = from.name,
            .endpoint = core::parse_http_url(from.endpoint, unused).value(),
            .region = from.region,
            .bucket = from.bucket,
            .prefix = from.prefix,
            .is_bucket_in_host = from.addressing == core::bucket_addressing::host,
            .hides_missing = from.hides_missing,
            .buffer = from.buffer,
            .total_buffer = from.total_buffer,
            .release_after = std::chrono::seconds(from.release_after),
            .patience = patience,
            .limits = {.connect = std::chrono::seconds(from.connect_timeout),
                       .first_byte = std::chrono::seconds(from.first_byte_timeout),
                       .stall = std::chrono::seconds(from.stall_timeout)}},
        std::make_shared<const tls::client_channels>(from.ca_file), made->time,
        std::move(on_problem));
    return {made, &*made->origin};
}

static void tell(service_log& log, std::string_view name, const http::object_problem& problem) {
    log.error("object_store_problem",
              {{"origin", name},
               {"outcome", name_of(problem.what)},
               {"status", problem.status == 0 ? "" : std::to_string(problem.status)},
               {"code", problem.code},
               {"store_request_id", problem.request_id},
               {"cause", problem.cause}});
}

std::string give_credentials(const core::origin_settings& from, http::object_origin& to) {
    auto by = std::make_shared<core::object_credentials>();
    if (!from.credentials_file.empty()) {
        if (auto fault = core::read_credentials_file(from.credentials_file, *by); !fault.empty()) {
            return from.credentials_file + " " + fault;
        }
    } else if (auto fault = core::make_credentials(environment_variable("AWS_ACCESS_KEY_ID"),
                                                   environment_variable("AWS_SECRET_ACCESS_KEY"),
                                                   environment_variable("AWS_SESSION_TOKEN"), *by);
               !fault.empty()) {
        return "is not set, and the environment " + fault +
               ": AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or "
               "AWS_CONTAINER_CREDENTIALS_FULL_URI";
    }
    to.use(std::move(by));
    return {};
}

class object_media::watcher {
  public:
    watcher(settings with, core::catalogue& courses, service_log& log, report_handler on_refresh)
        : with_(std::move(with)), courses_(courses), log_(log), on_refresh_(std::move(on_refresh)),
          origin_(make_object_origin(
              settings_, with_.patience,
              [&log, name = settings_.name](const http::object_problem& problem) {
                  tell(log, name, problem);
              })) {
        stamp_ = stamp_of(settings_.credentials_file);
        find_credentials();
        thread_ = std::thread([this] { run(); });
    }
    ~watcher() {
        is_over_.store(true);
        { const std::lock_guard lock(mutex_); }
        listed_.notify_all();
        thread_.join();
    }
    watcher(const watcher&) = delete;
    watcher& operator=(const watcher&) = delete;

    void await_list(steady_clock::time_point end) {
        std::unique_lock lock(mutex_);
        listed_.wait_until(lock, end, [this] { return has_tried_; });
    }
    [[nodiscard]] const std::shared_ptr<http::object_origin>& origin() const noexcept {
        return origin_;
    }

  private:
    void find_credentials() {
        std::string fault;
        if (auto agent = find_container_agent(settings_, fault)) {
            feed_.emplace(std::move(*agent), origin_, log_);
        } else if (fault.empty()) {
            fault = give_credentials(settings_, *origin_);
        }
        if (!fault.empty()) {
            throw std::runtime_error(with_.place + ".s3.credentials_file: " + fault);
        }
    }

    void run() noexcept {
        while (!is_over_.load()) {
            try {
                object_asker asker(*origin_, [this] { return is_over_.load(); });
                go_on(asker);
            } catch (const std::exception& fault) {
                log_.error("object_store_list_failed", {{"cause", fault.what()}});
                pause(retry);
            }
        }
    }

    void go_on(object_asker& asker) {
        while (feed_ && !feed_->has_tried() && !is_over_.load()) {
            pause(std::chrono::milliseconds(20)); // the first list needs credentials
        }
        auto next = steady_clock::now();
        while (!is_over_.load()) {
            renew_credentials();
            if (steady_clock::now() >= next) {
                const bool is_good = list(asker);
                next = steady_clock::now() +
                       (is_good ? with_.interval : std::min(with_.interval, retry));
                const std::lock_guard lock(mutex_);
                has_tried_ = true;
                listed_.notify_all();
            }
            pause(std::chrono::seconds(1));
        }
    }

    // The previous list stays when this one fails.
    bool list(object_asker& asker) {
        std::vector<core::catalogue::ownership> found;
        const auto outcome = list_courses(asker, with_.course_directory, found);
        const bool is_good = outcome == object_outcome::done;
        if (is_over_.load()) {
            return is_good;
        }
        if (is_good) {
            auto report = courses_.replace(found);
            report.truncated = found.size() >= core::catalogue::max_names;
            on_refresh_(report);
        }
        // Credentials that may not list the bucket, as the setting says, may read its objects.
        const bool is_ready =
            is_good || (outcome == object_outcome::forbidden && settings_.hides_missing);
        if (is_ready != origin_->is_ready() || !has_tried_) {
            origin_->set_ready(is_ready);
            tell_list(outcome, is_ready);
        }
        return is_ready;
    }

    void tell_list(object_outcome outcome, bool is_ready) {
        if (outcome == object_outcome::done) {
            log_.info("object_store_listed", {{"origin", settings_.name}});
        } else if (is_ready) {
            log_.warning("object_store_unlisted",
                         {{"origin", settings_.name},
                          {"cause", name_of(outcome)},
                          {"effect", "presentations are answered with 503"}});
        } else {
            log_.error("object_store_unlisted",
                       {{"origin", settings_.name},
                        {"cause", name_of(outcome)},
                        {"effect", "/readyz is 503, and new courses are not found"}});
        }
    }

    void renew_credentials() {
        if (settings_.credentials_file.empty()) {
            return;
        }
        const auto now = stamp_of(settings_.credentials_file);
        if (now == stamp_) {
            return;
        }
        stamp_ = now;
        if (const auto fault = give_credentials(settings_, *origin_); fault.empty()) {
            log_.info("object_credentials_renewed", {{"origin", settings_.name}});
        } else {
            log_.error("object_credentials_rejected",
                       {{"origin", settings_.name},
                        {"cause", fault},
                        {"effect", "the previous credentials stay in use"}});
        }
    }

    void pause(std::chrono::milliseconds time) {
        std::unique_lock lock(mutex_);
        listed_.wait_for(lock, time, [this] { return is_over_.load(); });
    }

    static constexpr std::chrono::seconds retry{1};

    settings with_;
    const core::origin_settings& settings_ = with_.origin;
    core::catalogue& courses_;
    service_log& log_;
    report_handler on_refresh_;
    std::shared_ptr<http::object_origin> origin_;
    file_stamp stamp_;
    std::optional<credentials_feed> feed_;
    std::atomic<bool> is_over_{false};
    std::mutex mutex_; // guards has_tried_
    std::condition_variable listed_;
    bool has_tried_ = false;
    std::thread thread_;
};

object_media::object_media(settings with, core::catalogue& courses, service_log& log,
                           report_handler on_refresh)
    : watcher_(std::make_unique<watcher>(std::move(with), courses, log, std::move(on_refresh))) {}

object_media::~object_media() = default;

void object_media::await_list(steady_clock::time_point end) {
    watcher_->await_list(end);
}

const std::shared_ptr<http::object_origin>& object_media::origin() const noexcept {
    return watcher_->origin();
}

} // namespace sluice::app
