#pragma once
// The origins of a configuration as a command asks them: whose course it is, where a file may be,
// and whether an origin has it. It waits for directories and stores. A service has
// app/service/media_set. Used by app/commands/file_why and app/commands/token_command.

#include "app/media/opened_origin.hpp"
#include "app/objects/object_inquiry.hpp"
#include "core/config/config.hpp"
#include "core/media/course_owners.hpp"
#include "core/media/media_library.hpp"

#include <cstddef>
#include <list>
#include <optional>
#include <string>
#include <vector>

namespace sluice::app {

class media_inquiry {
  public:
    /// `settings` have been validated. Throws std::exception when a directory cannot be opened.
    explicit media_inquiry(const core::config& settings);

    /// Reads the courses of all origins. Empty when that succeeded; otherwise a sentence without a
    /// full stop about the first one that failed. The others are known all the same.
    [[nodiscard]] std::string read_courses();
    [[nodiscard]] const core::course_owners& owners() const noexcept { return owners_; }
    [[nodiscard]] const core::media_library& library() const noexcept { return library_; }

    [[nodiscard]] const opened_origins& origins() const noexcept { return origins_; }
    [[nodiscard]] bool has_several() const noexcept { return origins_.size() > 1; }
    /// The origin of a candidate of library().
    [[nodiscard]] const opened_origin& origin_of(const core::media_library::candidate& at) const;

    using answer = object_inquiry::answer;
    /// Asks its origin for the file of `at`.
    [[nodiscard]] answer find(const core::media_library::candidate& at);
    /// The path of `at` in another Unicode normalisation, if the origin has it; else empty.
    [[nodiscard]] std::string find_twin(const core::media_library::candidate& at);
    /// A sentence without a full stop when the store has rejected the clock of this machine.
    [[nodiscard]] std::string remark_on(const core::media_library::candidate& at) const;

  private:
    opened_origins origins_;
    std::vector<std::optional<object_inquiry>> stores_; // by the index of an origin
    core::course_owners owners_;
    core::media_library library_;
};

} // namespace sluice::app
