#include "app/process/version.hpp"

namespace sluice::app {

std::string_view version() noexcept {
    return SLUICE_VERSION;
}

} // namespace sluice::app
