#include "app/cli/terminal.hpp"

#include <ostream>

namespace sluice::app {

int refuse(const terminal& streams, std::string_view message) {
    streams.err << "sluice: " << message << '\n';
    return exit_failure;
}

int refuse_usage(const terminal& streams, std::string_view message) {
    streams.err << "sluice: " << message << '\n';
    return exit_usage;
}

} // namespace sluice::app
