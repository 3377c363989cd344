#pragma once
// An origin of media, opened: its layout, its directory if it is one, and its catalogue, which is
// empty until somebody fills it. It has no thread and asks no store. Used by app/service/media_set
// for a service, and by app/media/media_inquiry for a command.

#include "core/config/config.hpp"
#include "core/media/catalogue.hpp"
#include "core/media/media_layout.hpp"
#include "core/media/media_origin.hpp"
#include "core/media/media_store.hpp"

#include <list>
#include <memory>
#include <string>
#include <vector>

namespace sluice::app {

struct opened_origin {
    /// `from` is one of core::all_origins() and has been validated; `where` is its setting. Throws
    /// std::system_error when its directory cannot be opened.
    opened_origin(core::origin_settings from, std::string where);

    core::origin_settings settings;
    std::string place; // its setting: "media.origins[0]"
    core::media_layout layout;
    core::trainer_filter trainers;
    std::unique_ptr<core::media_store> store; // null: an object store
    core::catalogue courses;
};

using opened_origins = std::list<opened_origin>; // they are not moved

/// Opens all origins, in their order.
[[nodiscard]] opened_origins open_origins(const core::config::media_section& media);

/// What core::course_owners and core::media_library need of them.
[[nodiscard]] std::vector<const core::catalogue*> catalogues_of(const opened_origins& all);
[[nodiscard]] std::vector<core::media_origin> described(const opened_origins& all);

} // namespace sluice::app
