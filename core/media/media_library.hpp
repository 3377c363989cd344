#pragma once
// Finds the origins of a media_id: combines the layouts of the origins with the owners of courses.
// It opens nothing. Used by the handlers in http/handlers and by commands.

#include "core/media/course_owners.hpp"
#include "core/media/media_origin.hpp"

#include <boost/container/small_vector.hpp>

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sluice::core {

/// Receives each authorised request for a file that no origin has. Called on any thread, a worker's
/// too: must return at once. Thread safe.
class miss_listener {
  public:
    virtual ~miss_listener() = default;
    /// `path` is the expected path relative to the directory `root`; both are empty when no trainer
    /// has the course. Called once for each directory that may have had the file.
    virtual void missed(std::string_view course_id, const std::string& root,
                        const std::string& path) noexcept = 0;

  protected:
    miss_listener() = default;
    miss_listener(const miss_listener&) = default;
    miss_listener& operator=(const miss_listener&) = default;
};

class media_library {
  public:
    /// `origins` are the origins in the order of the search. Keeps the other references. `misses`
    /// may be null.
    media_library(std::vector<media_origin> origins, const course_owners& owners,
                  miss_listener* misses = nullptr) noexcept
        : origins_(std::move(origins)), owners_(owners), misses_(misses) {}

    [[nodiscard]] std::span<const media_origin> origins() const noexcept { return origins_; }

    /// A path in one of the origins.
    struct candidate {
        std::size_t origin = 0; // index into origins()
        std::string path{};     // relative to its root or prefix
    };
    using candidates = boost::container::small_vector<candidate, 1>; // most sites have one origin

    /// Where a file may be.
    struct located {
        std::string trainer_id{}; // of a presentation, from the catalogue; else empty
        candidates at{};          // never empty; the first one that has the file has it
        /// The answer when none has it. Not media_not_found: an origin further on may have the
        /// file, but the trainer whose directory it would be in is not known.
        failure if_missing{errc::media_not_found, {}};
    };

    /// Leaves out the origins that are for other trainers. An origin that is for some trainers
    /// only, or whose layout names the trainer, is left out for a course that nobody has. Fails as
    /// course_owners::owner_of does. `owner` is the trainer to whom the presentation must belong.
    /// When another trainer has the course now, the failure is token_mismatch with the subject
    /// "owner", whether or not the file exists. Empty: any owner. Does not touch the storage.
    [[nodiscard]] result<located> locate(const media_id& media, std::string_view owner) const;

    /// Tells the listener that none of `where` has the file.
    void report_miss(std::string_view course_id, const located& where) const noexcept;

  private:
    void tell(std::string_view course_id, const std::string& root,
              const std::string& path) const noexcept;

    std::vector<media_origin> origins_;
    const course_owners& owners_;
    miss_listener* misses_;
};

} // namespace sluice::core
