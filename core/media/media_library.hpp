#pragma once
// Opens the file of a media_id: combines layout, catalogue and store. Used by the handlers in
// http/handlers.

#include "core/media/catalogue.hpp"
#include "core/media/media_layout.hpp"
#include "core/media/media_store.hpp"

#include <string>
#include <string_view>

namespace sluice::core {

/// Receives each authorised request for a file that does not exist. Called on any thread, a
/// worker's too: must return at once. Thread safe.
class miss_listener {
  public:
    virtual ~miss_listener() = default;
    /// `path` is the expected path relative to the root; empty when no trainer has the course.
    virtual void missed(std::string_view course_id, const std::string& path) noexcept = 0;

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
        : layout_(layout), courses_(courses), store_(&store), misses_(misses) {}
    /// For media that are not in a directory: open() is of no use, and there is no store().
    media_library(const media_layout& layout, const catalogue& courses) noexcept
        : layout_(layout), courses_(courses) {}

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

    /// The part of open() before it opens: leaves the relative path in `path` and returns the
    /// trainer's id, as found::trainer_id has it. Does not touch the storage.
    [[nodiscard]] result<std::string> locate(const media_id& media, std::string_view owner,
                                             std::string& path) const;
    [[nodiscard]] bool has_store() const noexcept { return store_ != nullptr; }
    /// REQUIRES: has_store().
    [[nodiscard]] const media_store& store() const noexcept { return *store_; }
    /// Handles a failure of the store as open() does: tells the listener of a missing file.
    failure report(failure why, std::string_view course_id, const std::string& path) const noexcept;

    /// The check behind /readyz. REQUIRES: has_store().
    [[nodiscard]] bool is_readable() const noexcept { return store_->is_readable(); }

  private:
    [[nodiscard]] bool is_anothers(const media_id& media, std::string_view owner,
                                   const result<std::string>& now) const;

    const media_layout& layout_;
    const catalogue& courses_;
    const media_store* store_ = nullptr;
    miss_listener* misses_ = nullptr;
};

} // namespace sluice::core
