#include "app/service/issuer_setup.hpp"

#include "app/log/joined.hpp"
#include "core/issuer/issuer_key_file.hpp"
#include "core/issuer/session_keys.hpp"

#include <optional>
#include <ranges>
#include <stdexcept>
#include <string>

namespace sluice::app {

core::issuer_gate make_issuer_gate(const core::config& settings,
                                   std::vector<core::operator_problem>& problems) {
    const auto& issuer = settings.issuer;
    std::optional<core::issuer_keys> keys;
    if (!issuer.keys_file.empty()) {
        keys.emplace(core::load_issuer_keys(issuer.keys_file, problems));
    }
    std::optional<core::session_verifier> sessions;
    if (!issuer.jwt_key_file.empty()) {
        sessions.emplace(core::load_session_keys(issuer.jwt_key_file, problems),
                         core::session_policy{.issuer = issuer.jwt_issuer,
                                              .audience = issuer.jwt_audience,
                                              .scope = issuer.jwt_scope,
                                              .leeway = settings.tokens.leeway});
    }
    return {issuer.mode, std::move(keys), std::move(sessions)};
}

core::issuer_gate make_issuer_gate(const core::config& settings) {
    std::vector<core::operator_problem> problems;
    auto gate = make_issuer_gate(settings, problems);
    if (problems.empty()) {
        return gate;
    }
    const auto in_words = [](const auto& one) { return one.where + ": " + one.what; };
    throw std::runtime_error(joined(problems | std::views::transform(in_words), "; "));
}

} // namespace sluice::app
