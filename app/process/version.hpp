#pragma once
// The one place that knows which version this is.

#include <string_view>

namespace sluice::app {

/// "0.1.0", from the build.
[[nodiscard]] std::string_view version() noexcept;

} // namespace sluice::app
