#include "http/storage/device.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <functional>
#include <utility>

namespace sluice::http {

namespace {

constexpr std::chrono::seconds probe_interval{1};
constexpr unsigned least_openers = 4;

// AT_STATX_FORCE_SYNC requests the attributes from the file server. Cached attributes would not
// show that the server responds.
class probe_job final : public storage_job {
  public:
    explicit probe_job(std::string path) : path_(std::move(path)) {}
    void run() override {
        struct statx ignored {};
        ::statx(AT_FDCWD, path_.c_str(), AT_STATX_FORCE_SYNC | AT_NO_AUTOMOUNT, STATX_BASIC_STATS,
                &ignored);
    }

  private:
    std::string path_;
};

} // namespace

storage_device::storage_device(core::mount where, const storage_settings& with,
                               std::shared_ptr<storage_buffers> buffers)
    : where_(std::move(where)), patience_(with.open_timeout), buffers_(std::move(buffers)),
      is_local_(core::is_local(where_)), is_memory_(core::is_memory(where_)),
      opens_(std::max(least_openers, with.threads / 2)), reads_(with.threads) {}

bool storage_device::judge(time_point now) {
    const auto opens = opens_.look();
    const auto reads = reads_.look();
    const auto is_stuck = [&](const lane::state& one) {
        return one.oldest != time_point{} && now - one.oldest > patience_;
    };
    const auto last_done = std::max(opens.last_done, reads.last_done);
    const bool is_away = (is_stuck(opens) || is_stuck(reads)) && now - last_done > patience_;
    if (is_away && now >= next_probe_ && opens.waiting == 0) {
        next_probe_ = now + probe_interval;
        probe();
    }
    return is_away_.exchange(is_away, std::memory_order_relaxed) != is_away;
}

void storage_device::note_read(std::uint64_t bytes, bool has_failed,
                               std::chrono::microseconds took) {
    const std::lock_guard guard(counting_);
    counts_.bytes.add(bytes);
    counts_.failures.add(has_failed ? 1 : 0);
    counts_.time.observe(static_cast<std::uint64_t>(took.count()));
}

void storage_device::stop() {
    opens_.stop();
    reads_.stop();
}

void storage_device::probe() {
    try {
        opens_.submit({}, std::make_unique<probe_job>(where_.point));
    } catch (const std::exception&) { // no thread can be started: the next probe tries again
    }
}

} // namespace sluice::http
