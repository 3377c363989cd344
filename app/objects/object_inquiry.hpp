#pragma once
// Asks the object store of a configuration about one file, for commands: who owns its course, and
// whether it is there. It uses the credentials that a service would use, and waits for the
// responses, a minute at most. Whether the store can serve at all is app/objects/object_check's
// question. Used by the token commands.

#include "app/objects/object_list.hpp"
#include "core/config/config.hpp"
#include "core/media/catalogue.hpp"
#include "core/media/layout_segment.hpp"
#include "http/objects/object_origin.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::app {

class object_inquiry {
  public:
    /// `settings` have been validated, and have an origin. They outlive this object.
    explicit object_inquiry(const core::config& settings);

    /// A sentence without a full stop when the store cannot be asked: there are no credentials, or
    /// its file of authorities is of no use. Then nothing else may be called. Empty otherwise.
    [[nodiscard]] const std::string& objection() const noexcept { return objection_; }

    /// Lists the courses below `segments`, which is media_layout::course_directory(), into
    /// `courses`. Empty when that succeeded; otherwise a sentence without a full stop.
    [[nodiscard]] std::string list(const std::vector<core::layout_segment>& segments,
                                   core::catalogue& courses);

    struct answer {
        bool is_there = false;
        std::string fault{}; // a sentence without a full stop; empty: it is there, or is missing
    };
    /// Asks for the object `path` below the prefix.
    [[nodiscard]] answer find(std::string_view path);

    /// A sentence without a full stop when the store has rejected the clock of this machine.
    [[nodiscard]] std::string remark() const;

  private:
    const core::origin_settings& settings_;
    std::shared_ptr<http::object_origin> origin_;
    std::string objection_;
    std::optional<object_asker> asker_; // none: objection_
};

} // namespace sluice::app
