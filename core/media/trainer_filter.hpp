#pragma once
// The trainers that an origin of media is for: globs over their ids, as in the setting
// `media.origins[].trainers`. Used by core/media and core/issuer/ownership.

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sluice::core {

/// True when `text` has the form of `glob`: `*` stands for any bytes, or none, and every other byte
/// for itself. Takes at most the product of their lengths.
[[nodiscard]] bool matches_glob(std::string_view glob, std::string_view text) noexcept;

class trainer_filter {
  public:
    /// All trainers.
    trainer_filter() = default;
    explicit trainer_filter(std::vector<std::string> globs);

    /// True when one of the globs is "*".
    [[nodiscard]] bool is_for_all() const noexcept { return globs_.empty(); }
    [[nodiscard]] bool admits(std::string_view trainer_id) const noexcept;

  private:
    std::vector<std::string> globs_; // empty: all trainers
};

} // namespace sluice::core
