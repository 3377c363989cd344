#pragma once
// Threads for calls that may wait for one device, a fixed number at most, and a queue that is fair
// between those it works for: each has a turn, whoever has more waiting. A thread that hangs in a
// call is accounted for and never waited for: it may belong to a disk that does not come back.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>

namespace sluice::http {

/// Something to do on a lane's thread. Dropped without being run when the lane ends first.
class storage_job {
  public:
    storage_job() = default;
    storage_job(const storage_job&) = delete;
    storage_job& operator=(const storage_job&) = delete;
    virtual ~storage_job() = default;
    virtual void run() = 0;
};

class lane {
  public:
    using time_point = std::chrono::steady_clock::time_point;

    explicit lane(unsigned threads);
    /// Drops what waits, and leaves behind, with all that they use, the threads that do not come
    /// back within a moment.
    ~lane();
    lane(const lane&) = delete;
    lane& operator=(const lane&) = delete;

    /// Runs `one` when its turn comes among those of other keys. Threads start as they are needed.
    /// Throws std::system_error when there is none and none can be had. Thread safe, as all of
    /// this.
    void submit(std::uint64_t key, std::unique_ptr<storage_job> one);

    /// What the destructor does.
    void stop();

    struct state {
        std::size_t waiting = 0;
        std::size_t busy = 0;
        time_point oldest{};    // when the oldest call under way began; epoch: there is none
        time_point last_done{}; // when the last one ended
    };
    [[nodiscard]] state look() const;

  private:
    struct shared;
    std::shared_ptr<shared> shared_;
};

} // namespace sluice::http
