#pragma once
// From a media_id to an open file: layout, catalogue and store in one question.

#include "core/media/catalogue.hpp"
#include "core/media/media_layout.hpp"
#include "core/media/media_store.hpp"

#include <string>

namespace sluice::core {

class media_library {
  public:
    /// References are kept.
    media_library(const media_layout& layout, const catalogue& courses,
                  const media_store& store) noexcept
        : layout_(layout), courses_(courses), store_(store) {}

    /// Fails as media_store::open and catalogue::owner_of do. `path` is scratch space: the relative
    /// path is left in it.
    [[nodiscard]] result<media_handle> open(const media_id& media, std::string& path) const;

    /// What readiness asks.
    [[nodiscard]] bool is_readable() const noexcept { return store_.is_readable(); }

  private:
    const media_layout& layout_;
    const catalogue& courses_;
    const media_store& store_;
};

} // namespace sluice::core
