#pragma once
// What a scrape says of the keys in force: how many, how old, and whether other nodes have the
// same. Never a name of one.

#include "core/token/key_file.hpp"

#include <cstddef>
#include <cstdint>
#include <string>

namespace sluice::app {

class key_metrics {
  public:
    /// `path` is the key file that `keys` have just been read from; empty: none.
    key_metrics(const core::loaded_keys& keys, const std::string& path);

    /// Appends the exposition.
    void append(std::string& out) const;

  private:
    bool is_ephemeral_;
    std::size_t count_;
    std::uint32_t fingerprint_;
    std::uint64_t written_; // Unix time, in seconds; 0 without a file
};

} // namespace sluice::app
