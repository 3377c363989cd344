#pragma once
// Walks the course directories below the media root and remembers the content of each directory, so
// that the next walk reads only those that have changed. Not thread safe. Used only by catalogue.
// Used by core/media/catalogue.

#include "core/media/directory_reader.hpp"
#include "core/media/layout_segment.hpp"

#include <chrono>
#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::core {

class catalogue_scan {
  public:
    using time_point = std::chrono::steady_clock::time_point;
    /// Called for each course directory found.
    using sink = std::function<void(std::string_view trainer_id, std::string_view course_id)>;

    struct totals {
        std::size_t directories_read = 0;
        std::size_t directories_unreadable = 0; // their previous content was kept
        bool truncated = false;                 // max_names was reached; the rest was left out
    };

    /// `course_directory` comes from media_layout::course_directory(); when it is empty, nothing is
    /// ever found. `max_names` limits the directory names held in memory, about 100 bytes each.
    catalogue_scan(std::vector<layout_segment> course_directory, std::size_t max_names);

    /// Walks from `root_fd`. Names that are not identifiers, names that are reserved for another
    /// template, and symbolic links are skipped. `now` is the time at which the call begins.
    totals update(int root_fd, time_point now, const sink& found);

    /// The directories of the last walk whose content decides the result of the next one, relative
    /// to the root ("" is the root itself), sorted.
    [[nodiscard]] std::vector<std::string> directories() const;

  private:
    struct memory {
        directory_stamp stamp;
        std::vector<std::string> children; // names that match the next segment
        std::optional<time_point> unchanged_since;
        bool is_settled = false; // `children` contains every change made under this `stamp`
    };
    using memories = std::map<std::string, memory>;
    struct place; // a directory on the walk
    struct pass;  // one walk

    void visit(pass& run, const place& at) const;
    void recall_or_read(pass& run, const place& at, const opened_directory& opened,
                        memory& known) const;
    [[nodiscard]] bool read_children(pass& run, const place& at, int fd, memory& known) const;

    std::vector<layout_segment> segments_;
    std::size_t max_names_;
    memories memories_; // by path relative to the root
};

} // namespace sluice::core
