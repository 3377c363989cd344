#pragma once
// Writes the metrics of the keys in force: their number, their age, and a fingerprint to compare
// nodes. They never contain the name of a key. It loads no keys: core/token/key_file does. Used by
// app/service/generation.

#include "core/token/key_file.hpp"

#include <cstddef>
#include <cstdint>
#include <string>

namespace sluice::app {

class key_metrics {
  public:
    /// `path` is the file from which `keys` have just been read; empty: none.
    key_metrics(const core::loaded_keys& keys, const std::string& path);

    /// Modification time of the key file in use, in Unix time; 0: none.
    [[nodiscard]] std::uint64_t written() const noexcept { return written_; }

    /// Appends the metrics in the exposition format.
    void append(std::string& out) const;

  private:
    bool is_ephemeral_;
    std::size_t count_;
    std::uint32_t fingerprint_;
    std::uint64_t written_; // Unix time, in seconds; 0 without a file
};

} // namespace sluice::app
