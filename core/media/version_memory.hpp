#pragma once
// Notices that a file has become another version and kept its validators: replaced or rewritten
// with the same size, and its mtime set back (touch -r, cp -p, a build that gives every file one
// date). The tag must not hold host data, so the change time cannot be in it; here it is
// remembered, for the files opened last. Only this process, only since it saw the file: whoever
// changes a file so on one node and asks another is not noticed. Called by media_store.

#include "core/download/representation.hpp"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string_view>

namespace sluice::core {

class version_memory {
  public:
    /// Validators stay under suspicion for this long after the change time: nearly all downloads
    /// are over by then, and a file whose owner or mode was changed has its tag back.
    static constexpr std::chrono::hours doubt{24};

    version_memory();

    /// Says which of the validators of the file at `path` it had with another change time, less
    /// than `doubt` ago. Remembers it where it has settled: before that nobody is given any.
    /// Thread safe, no lock.
    [[nodiscard]] reused_validators note(std::string_view path, const media_facts& facts,
                                         std::chrono::system_clock::time_point now) noexcept;

    /// Forgets everything.
    void forget() noexcept;

  private:
    /// What is remembered under one key: 31 bits of the key, whether it is under suspicion, and 32
    /// bits that stand for a change time.
    using slot = std::atomic<std::uint64_t>;
    static constexpr std::size_t slots = std::size_t{1} << 16U; // half a MiB: 32,768 files

    [[nodiscard]] bool is_reused(std::uint64_t key, const media_facts& facts,
                                 std::chrono::system_clock::time_point now) noexcept;

    std::unique_ptr<slot[]> slots_; // NOLINT(modernize-avoid-c-arrays): no vector of atomics
};

} // namespace sluice::core
