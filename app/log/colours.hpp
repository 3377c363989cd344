#pragma once
// Whether the user of a terminal wants colours. Not whether there is a terminal: isatty() tells it.
// Used by app/log/service_log and app/commands/status_command.

namespace sluice::app {

/// False when NO_COLOR is set and not empty (https://no-color.org), or TERM is "dumb". Call it
/// before the first thread starts: only then is the environment safe to read.
[[nodiscard]] bool wants_colours() noexcept;

} // namespace sluice::app
