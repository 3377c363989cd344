#pragma once
// Which trainer owns a course, over the catalogues of all origins: their union. The same course of
// one trainer in several origins is one course; a course of two trainers is ambiguous wherever the
// two lie. It holds nothing of its own: each catalogue replaces its index by itself. Used by
// media_library and core/issuer/ownership.

#include "core/base/result.hpp"
#include "core/media/catalogue.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sluice::core {

class course_owners {
  public:
    /// The catalogues outlive this object.
    explicit course_owners(std::vector<const catalogue*> of) noexcept : of_(std::move(of)) {}

    /// As catalogue::owner_of(). A course that no origin has is media_unavailable while the courses
    /// of one of them are unknown. Thread safe, like all of these.
    [[nodiscard]] result<std::string> owner_of(std::string_view course_id) const;

    /// True when `trainer_id` has the course in one of the origins, even if others have it too.
    [[nodiscard]] bool owns(std::string_view trainer_id, std::string_view course_id) const;

    /// As catalogue::twin_of().
    [[nodiscard]] std::string twin_of(std::string_view course_id) const;

    struct survey {
        std::size_t trainers = 0; // with at least one course
        std::size_t courses = 0;
        std::vector<std::string> ambiguous; // ids of courses with more than one trainer, sorted
    };
    /// Counts what all origins have. Takes as long as a look at every course.
    [[nodiscard]] survey count() const;

  private:
    std::vector<const catalogue*> of_;
};

} // namespace sluice::core
