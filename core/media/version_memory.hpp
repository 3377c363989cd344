#pragma once
// Notices that a file was replaced or rewritten while its validators stayed the same: the same
// size, and its mtime set back (touch -r, cp -p, a build that gives every file one date). The tag
// must not contain host data, so it cannot include the change time; this memory keeps the change
// times of the files opened last. It covers one process, from the time it first saw the file: a
// change made before a client switches to another node is not noticed. Used by media_store.

#include "core/download/representation.hpp"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string_view>

namespace sluice::core {

class version_memory {
  public:
    /// Validators are withheld for this long after the change time. Nearly all downloads have ended
    /// by then, and a file whose owner or mode was changed gets its tag back.
    static constexpr std::chrono::hours doubt{24};

    version_memory();

    /// Returns the validators of the file at `path` that it also had with another change time, less
    /// than `doubt` ago. Remembers the file once its time stamps have settled: before that, no
    /// client receives a validator. Thread safe, without a lock.
    [[nodiscard]] reused_validators note(std::string_view path, const media_facts& facts,
                                         std::chrono::system_clock::time_point now) noexcept;

    /// Forgets everything.
    void forget() noexcept;

  private:
    /// One entry: 31 bits of the key, one bit for withheld validators, and 32 bits that stand for a
    /// change time.
    using slot = std::atomic<std::uint64_t>;
    static constexpr std::size_t slots = std::size_t{1} << 16U; // half a MiB: 32,768 files

    [[nodiscard]] bool is_reused(std::uint64_t key, const media_facts& facts,
                                 std::chrono::system_clock::time_point now) noexcept;

    std::unique_ptr<slot[]> slots_; // NOLINT(modernize-avoid-c-arrays): no vector of atomics
};

} // namespace sluice::core
