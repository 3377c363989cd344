#pragma once
// Reads the file of variables that the unit gives to the service (EnvironmentFile=), so that
// commands see the same variables. Lines of NAME=VALUE, as systemd.exec(5) describes them; a value
// may be in quotes. Continued lines are rejected. Used by app/command_settings.

#include "core/base/operator_problem.hpp"
#include "crypto/secret.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sluice::core {

/// The variables of a file that concern Sluice.
struct environment_file {
    std::vector<std::pair<std::string, std::string>> variables; // SLUICE_..., without the secret
    std::optional<crypto::secret> secret;                       // SLUICE_SECRET
};

/// Parses `text`, the content of the file at `path`. A line that cannot be read is a problem.
[[nodiscard]] environment_file parse_environment_file(std::string_view text,
                                                      const std::string& path,
                                                      std::vector<operator_problem>& problems);

/// Reads the file at `path`. A file with SLUICE_SECRET must be closed like a key file.
[[nodiscard]] environment_file read_environment_file(const std::string& path,
                                                     std::vector<operator_problem>& problems);

} // namespace sluice::core
