#pragma once
// From the settings of the issuer section to the gate: reads the files they name.

#include "app/log/service_log.hpp"
#include "core/base/operator_problem.hpp"
#include "core/config/config.hpp"
#include "core/issuer/issuer.hpp"

#include <optional>
#include <string_view>
#include <vector>

namespace sluice::app {

/// What an operator should know of the settings of the issuer section.
struct issuer_notice {
    std::string_view event; // of the service log
    std::string_view text;
    bool is_warning = false;
};

/// Nothing to say where callers need a credential and one is configured.
[[nodiscard]] std::optional<issuer_notice> notice_on_issuer(const core::config& settings);

/// Writes the notice, if there is one.
void report_issuer(const core::config& settings, service_log& log);

/// The gate that `settings`, which have been validated, ask for. What is wrong with a file is added
/// to `problems`; the gate is of use only when nothing was. Keys for which there is no use are
/// added to `skipped`, with the reason.
[[nodiscard]] core::issuer_gate make_issuer_gate(const core::config& settings,
                                                 std::vector<core::operator_problem>& problems,
                                                 std::vector<core::operator_problem>& skipped);

/// The same; throws std::runtime_error with all that is wrong, and logs what was skipped.
[[nodiscard]] core::issuer_gate make_issuer_gate(const core::config& settings, service_log& log);

} // namespace sluice::app
