#include "app/log/colours.hpp"

#include <cstdlib>
#include <string_view>

namespace sluice::app {

bool wants_colours() noexcept {
    const char* const none = std::getenv("NO_COLOR"); // NOLINT(concurrency-mt-unsafe)
    const char* const kind = std::getenv("TERM");     // NOLINT(concurrency-mt-unsafe)
    return (none == nullptr || *none == '\0') &&
           (kind == nullptr || std::string_view(kind) != "dumb");
}

} // namespace sluice::app
