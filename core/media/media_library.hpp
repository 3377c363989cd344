#pragma once
// From a media_id to an open file: layout, catalogue and store in one question.

#include "core/media/catalogue.hpp"
#include "core/media/media_layout.hpp"
#include "core/media/media_store.hpp"

#include <string>
#include <string_view>

namespace sluice::core {

/// Told of what was asked for by somebody who may have it and is not there. Called on a worker's
/// thread: returns at once.
class miss_listener {
  public:
    virtual ~miss_listener() = default;
    /// `path` is where the file would be, relative to the root; empty where nobody has the course.
    virtual void missed(const media_id& media, const std::string& path) noexcept = 0;

  protected:
    miss_listener() = default;
    miss_listener(const miss_listener&) = default;
    miss_listener& operator=(const miss_listener&) = default;
};

class media_library {
  public:
    /// References are kept. `misses` may be null.
    media_library(const media_layout& layout, const catalogue& courses, const media_store& store,
                  miss_listener* misses = nullptr) noexcept
        : layout_(layout), courses_(courses), store_(store), misses_(misses) {}

    /// An open file, and whose it is.
    struct found {
        media_handle file;
        std::string trainer_id; // of a presentation, as the catalogue has it; else empty
    };

    /// Fails as media_store::open and catalogue::owner_of do. `owner` is the trainer whose
    /// presentation is meant: where another has the course now the failure is token_mismatch with
    /// the subject "owner", the same whether or not there is such a file. Empty: whoever has it.
    /// `path` is scratch space: the relative path is left in it.
    [[nodiscard]] result<found> open(const media_id& media, std::string_view owner,
                                     std::string& path) const;

    /// What readiness asks.
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
