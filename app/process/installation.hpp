#pragma once
// The paths of the package's installation, and the change of a command of root to the user of the
// service. Does not read the files: core/config does. Used by app/command_settings.

#include "core/files/file_owner.hpp"

#include <string>

namespace sluice::app {

/// The places that the unit of the package names. An empty path: there is no such place.
struct installation {
    std::string config;      // the configuration file of the unit
    std::string environment; // its EnvironmentFile=
    std::string state;       // its StateDirectory=, which belongs to the user of the service
};

/// The places of the package.
[[nodiscard]] installation packaged();

/// Gives up root's rights for those of `user`, with his groups and his HOME; cannot be undone.
/// Empty on success; otherwise a clause that says what failed. REQUIRES: no other thread runs.
[[nodiscard]] std::string become(const core::account& user);

} // namespace sluice::app
