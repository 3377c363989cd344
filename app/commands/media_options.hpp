#pragma once
// --type, --rel, --course-id, --module-id and --filename of `token issue` and `token verify`: the
// same rules as the parameters of the HTTP endpoint (docs/api.md §1).

#include "app/cli/command_line.hpp"
#include "core/media/media_id.hpp"

#include <string>
#include <variant>

namespace sluice::app {

/// True when any of the flags is given.
[[nodiscard]] bool has_media_options(const command_line& line);

/// The media, a view into `line`; or a sentence without a full stop that names the flag at fault.
[[nodiscard]] std::variant<core::media_id, std::string>
media_from_options(const command_line& line);

} // namespace sluice::app
