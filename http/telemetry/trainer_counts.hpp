#pragma once
// Counts downloads by trainer, for metrics.by_trainer: the trainers with the most traffic have
// series of their own, all others share one. A thread counts into its own trainer_batch and hands
// it over once a tick. Counts nothing else: http/telemetry/metrics.hpp has the other metrics. Used
// by http/connection/worker.hpp and app/service/generation.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

namespace sluice::http {

struct trainer_tally {
    std::uint64_t downloads = 0; // responses with 200 or 206
    std::uint64_t bytes = 0;     // of their bodies, acknowledged

    trainer_tally& operator+=(const trainer_tally& more) noexcept {
        downloads += more.downloads;
        bytes += more.bytes;
        return *this;
    }
};

/// The counts of one thread since it last handed them over.
class trainer_batch {
  public:
    struct text_hash : std::hash<std::string_view> {
        using is_transparent = void;
    };
    using table = std::unordered_map<std::string, trainer_tally, text_hash, std::equal_to<>>;
    /// Trainers of one batch; those that come later count among the others.
    static constexpr std::size_t most = 256;

    /// Counts one download. An empty name stands for a trainer who is not known. Allocates only for
    /// a trainer that this thread has not counted lately.
    void add(std::string_view trainer, std::uint64_t bytes) noexcept;

    [[nodiscard]] const table& all() const noexcept { return all_; }
    [[nodiscard]] const trainer_tally& others() const noexcept { return others_; }
    [[nodiscard]] bool is_empty() const noexcept { return is_empty_; }
    /// Sets the counts to zero.
    void restart() noexcept;

  private:
    table all_;
    trainer_tally others_;
    bool is_empty_ = true;
};

/// The counts of the process. Thread safe.
class trainer_counts {
  public:
    using time_point = std::chrono::steady_clock::time_point;
    /// Trainers whose traffic is compared. While there are as many, a new one counts among the
    /// others.
    static constexpr std::size_t most_known = 4096;

    /// `most`: the number of trainers with series of their own.
    explicit trainer_counts(std::size_t most) noexcept : most_(most) {}

    /// Takes over the counts of `from` and restarts it. Does nothing while another thread is here:
    /// the next call takes them. Never blocks.
    void take(trainer_batch& from) noexcept;

    /// Appends the metrics in the exposition format. At most once a minute, trainers whose recent
    /// traffic is larger first take the series of those with less.
    void append(time_point now, std::string& out);

  private:
    struct trainer {
        trainer_tally total;   // of its series
        double recent = 0;     // bytes; halved every ten minutes
        bool is_named = false; // has a series
    };
    using table = std::map<std::string, trainer, std::less<>>;

    void add(const std::string& name, const trainer_tally& more);
    void rank(time_point now);
    void promote();

    std::size_t most_;
    std::mutex mutex_; // guards the rest
    table known_;
    std::size_t named_ = 0;
    trainer_tally others_;
    time_point ranked_{};
};

} // namespace sluice::http
