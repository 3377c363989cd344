#pragma once
// Opens the file of a media_id: combines layout, catalogue and store. Used by the handlers in
// http/handlers.

#include "core/media/catalogue.hpp"
#include "core/media/media_layout.hpp"
#include "core/media/media_store.hpp"

#include <string>
#include <string_view>

namespace sluice::core {

/// Receives each authorised request for a file that does not exist. Called on a worker's thread:
/// must return at once.
class miss_listener {
  public:
    virtual ~miss_listener() = default;
    /// `path` is the expected path relative to the root; empty when no trainer has the course.
    virtual void missed(const media_id& media, const std::string& path) noexcept = 0;

  protected:
    miss_listener() = default;
    miss_listener(const miss_listener&) = default;
    miss_listener& operator=(const miss_listener&) = default;
};

class media_library {
  public:
    /// Keeps references. `misses` may be null.
    media_library(const media_layout& layout, const catalogue& courses, const media_store& store,
                  miss_listener* misses = nullptr) noexcept
        : layout_(layout), courses_(courses), store_(store), misses_(misses) {}

    /// An open file and its owner.
    struct found {
        media_handle file;
        std::string trainer_id; // of a presentation, from the catalogue; else empty
    };

    /// Fails as media_store::open and catalogue::owner_of do. `owner` is the trainer to whom the
    /// presentation must belong. When another trainer has the course now, the failure is
    /// token_mismatch with the subject "owner", whether or not the file exists. Empty: any owner.
    /// `path` is scratch space: it contains the relative path afterwards.
    [[nodiscard]] result<found> open(const media_id& media, std::string_view owner,
                                     std::string& path) const;

    /// The check behind /readyz.
    [[nodiscard]] bool is_readable() const noexcept { return store_.is_readable(); }

  private:
    failure report(failure why, const media_id& media, const std::string& path) const noexcept;
    [[nodiscard]] result<found> open_at(const layout_template& where, const media_id& media,
                                        std::string trainer_id, std::string& path) const;
    [[nodiscard]] bool is_anothers(const media_id& media, std::string_view owner,
                                   const result<std::string>& now) const;

    const media_layout& layout_;
    const catalogue& courses_;
    const media_store& store_;
    miss_listener* misses_;
};

} // namespace sluice::core
