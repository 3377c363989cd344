#pragma once
// Parses --type, --rel, --course-id, --module-id and --filename of `token issue` and `token verify`
// by the rules for the parameters of the HTTP endpoint (docs/api.md §1). Used by
// app/commands/token_command.

#include "app/cli/command_line.hpp"
#include "core/media/media_id.hpp"

#include <string>
#include <variant>

namespace sluice::app {

/// True when at least one of the flags is given.
[[nodiscard]] bool has_media_options(const command_line& line);

/// The media as a view into `line`, or a sentence without a full stop that names the faulty flag.
[[nodiscard]] std::variant<core::media_id, std::string>
media_from_options(const command_line& line);

} // namespace sluice::app
