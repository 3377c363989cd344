#pragma once
// The version of this build. Used by app/run_command and app/service/process_metrics.

#include <string_view>

namespace sluice::app {

/// "0.1.0", from the build.
[[nodiscard]] std::string_view version() noexcept;

} // namespace sluice::app
