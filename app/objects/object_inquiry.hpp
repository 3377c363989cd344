#pragma once
// Asks an object store of a configuration about one file, for commands: who owns its course, and
// whether it is there. It uses the credentials that a service would use, and waits for the
// responses, a minute at most. Whether the store can serve at all is app/objects/object_check's
// question. Used by app/media/media_inquiry.

#include "app/objects/object_list.hpp"
#include "core/config/config_origin.hpp"
#include "core/media/catalogue.hpp"
#include "core/media/layout_segment.hpp"
#include "http/objects/object_origin.hpp"

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::app {

class object_inquiry {
  public:
    /// `settings` is the setting `place`, and has been validated. It outlives this object.
    /// `patience` is as for make_object_origin().
    object_inquiry(const core::origin_settings& settings, const std::string& place,
                   std::chrono::milliseconds patience);

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
    std::string objection_;             // why the store cannot be asked
    std::optional<object_asker> asker_; // none: objection_
};

} // namespace sluice::app
