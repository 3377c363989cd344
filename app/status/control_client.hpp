#pragma once
// Asks the control socket of a running service. The client's end: app/status/status_handler
// answers. Used by app/commands/status_command.

#include <string>

namespace sluice::app {

/// The answer, or why there is none.
struct control_answer {
    std::string body;
    std::string fault; // a sentence without a full stop; empty: there is an answer
};

/// Asks for the state of the service at `path`. Waits at most a few seconds.
[[nodiscard]] control_answer ask_control(const std::string& path);

/// The answer in `text`, all that the service has sent. For tests.
[[nodiscard]] control_answer read_control_answer(const std::string& text);

} // namespace sluice::app
