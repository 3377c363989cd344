#pragma once
// An index in memory of which trainer owns which course: the URL of a course or module presentation
// does not contain the trainer (docs/api.md §2). It is that of one origin of media: course_owners
// is the union of all. refresh() replaces the index as a whole; a look-up never touches the disk.
// It starts no thread: app/service/catalogue_watcher decides when to refresh. Used by
// course_owners.

#include "core/base/result.hpp"
#include "core/media/layout_segment.hpp"
#include "core/media/media_store.hpp"
#include "core/media/trainer_filter.hpp"

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::core {

class catalogue_scan;

class catalogue {
  public:
    /// Most directory names held in memory, about 200 bytes each with their place in the index: a
    /// limit that no school reaches and a runaway script does.
    static constexpr std::size_t max_names = 1'000'000;

    /// `course_directory` is media_layout::course_directory(); when it is empty, no course is ever
    /// found. The index is empty until refresh(). Courses of other trainers than `of` are left out.
    /// `store` must outlive the catalogue.
    catalogue(media_store& store, std::vector<layout_segment> course_directory,
              trainer_filter of = {});
    /// For media that are not in a directory: the owners come through replace(). Until its first
    /// call a course that is not found is media_unavailable.
    explicit catalogue(trainer_filter of = {});
    ~catalogue();
    catalogue(const catalogue&) = delete;
    catalogue& operator=(const catalogue&) = delete;

    /// The owner's trainer_id. media_not_found when no trainer has the course, course_ambiguous
    /// when two trainers do. Thread safe and wait-free but for one shared_ptr load.
    [[nodiscard]] result<std::string> owner_of(std::string_view course_id) const;

    /// True when `trainer_id` has the course, even if others have it too. Thread safe, like
    /// owner_of().
    [[nodiscard]] bool owns(std::string_view trainer_id, std::string_view course_id) const;

    /// A course whose id differs from `course_id` only by Unicode normalisation; empty when there
    /// is none. Only for explanations: it scans every course. Thread safe.
    [[nodiscard]] std::string twin_of(std::string_view course_id) const;

    /// Calls `each` for every course and each trainer who has it. Thread safe.
    void visit(const std::function<void(std::string_view trainer_id, std::string_view course_id)>&
                   each) const;

    struct report {
        std::size_t trainers = 0; // with at least one course
        std::size_t courses = 0;
        std::size_t directories_read = 0;       // read again because they had changed
        std::size_t directories_unreadable = 0; // their previous entries were kept
        std::vector<std::string> ambiguous;     // ids of courses with more than one trainer, sorted
        bool root_readable = true;              // false: the old index was kept
        bool root_replaced = false;             // the path now names another directory
        bool truncated = false;                 // max_names was reached: courses are missing
    };

    /// Checks whether the root is still the same directory (media_store::renew_root), reads again
    /// the directories that have changed since the last call, and publishes the new index. A
    /// directory is also read again until its time stamps have been unchanged for longer than any
    /// file system's tick, so that two changes within one tick are both seen. Symbolic links and
    /// names that are not identifiers are skipped. A mutex serialises callers. `now` is the time of
    /// the call.
    report refresh(std::chrono::steady_clock::time_point now = std::chrono::steady_clock::now());

    /// A course and the trainer who has it.
    struct ownership {
        std::string trainer_id;
        std::string course_id;
    };
    /// Publishes an index of these. A catalogue without a directory only.
    report replace(const std::vector<ownership>& all);

    /// Directories to watch for changes, relative to root() ("" is the root itself).
    [[nodiscard]] std::vector<std::string> watched_directories() const;

    /// The path of the media root.
    [[nodiscard]] const std::string& root() const noexcept { return store_->root(); }

  private:
    struct index;

    media_store* store_; // null: the owners come through replace()
    trainer_filter of_;
    mutable std::mutex refresh_mutex_; // guards scan_
    std::unique_ptr<catalogue_scan> scan_;
    std::shared_ptr<const index> index_; // read and replaced with std::atomic_load and atomic_store
};

} // namespace sluice::core
