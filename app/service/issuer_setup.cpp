#include "app/service/issuer_setup.hpp"

#include "app/log/joined.hpp"
#include "core/issuer/issuer_key_file.hpp"
#include "core/issuer/session_keys.hpp"

#include <optional>
#include <ranges>
#include <stdexcept>
#include <string>

namespace sluice::app {

namespace {

/// nullopt when no keys are configured, or when they have not been fetched yet.
std::optional<core::session_verifier> make_sessions(const core::config& settings,
                                                    const fetched_keys& fetched,
                                                    std::vector<core::operator_problem>& problems,
                                                    std::vector<core::operator_problem>& skipped) {
    const auto& issuer = settings.issuer;
    std::vector<core::session_key> keys;
    if (!issuer.jwt_key_file.empty()) {
        keys = core::load_session_keys(issuer.jwt_key_file, problems, &skipped);
    } else if (fetched.text != nullptr) {
        keys = core::parse_fetched_keys(*fetched.text, fetched.place, problems, &skipped);
    } else {
        return std::nullopt;
    }
    return core::session_verifier(std::move(keys), {.issuer = issuer.jwt_issuer,
                                                    .audience = issuer.jwt_audience,
                                                    .scope = issuer.jwt_scope,
                                                    .leeway = settings.tokens.leeway});
}

} // namespace

core::issuer_gate make_issuer_gate(const core::config& settings, const fetched_keys& fetched,
                                   std::vector<core::operator_problem>& problems,
                                   std::vector<core::operator_problem>& skipped) {
    const auto& issuer = settings.issuer;
    std::optional<core::issuer_keys> keys;
    if (!issuer.keys_file.empty()) {
        keys.emplace(core::load_issuer_keys(issuer.keys_file, problems));
    }
    return {issuer.mode, std::move(keys), make_sessions(settings, fetched, problems, skipped),
            fetched.feed};
}

std::optional<issuer_notice> notice_on_issuer(const core::config& settings) {
    const auto& issuer = settings.issuer;
    if (issuer.mode.has(core::issuer_mode::none)) {
        return issuer_notice{.event = "issuer_open",
                             .text =
                                 "issuer.mode is \"none\": every client that reaches this server "
                                 "can get a token for any file by naming its trainer",
                             .is_warning = true};
    }
    if (issuer.mode.has(core::issuer_mode::local)) {
        return issuer_notice{.event = "issuer_local",
                             .text = "issuer.mode is \"local\", which is for DEVELOPMENT: every "
                                     "program on this machine can get a token for any file, and so "
                                     "can every client of a proxy in front of it",
                             .is_warning = true};
    }
    if (issuer.keys_file.empty() && issuer.jwt_key_file.empty() && issuer.jwt_jwks_url.empty()) {
        return issuer_notice{.event = "issuer_closed",
                             .text = "no caller can get a token: set issuer.keys_file, "
                                     "issuer.jwt.key_file or issuer.jwt.jwks_url; to try Sluice "
                                     "out, sluice serve --dev"};
    }
    return std::nullopt;
}

void report_issuer(const core::config& settings, service_log& log) {
    if (const auto notice = notice_on_issuer(settings); notice && notice->is_warning) {
        log.warning(notice->event, {{"notice", notice->text}});
    } else if (notice) {
        log.info(notice->event, {{"notice", notice->text}});
    }
}

core::issuer_gate make_issuer_gate(const core::config& settings, const fetched_keys& fetched,
                                   service_log& log) {
    std::vector<core::operator_problem> problems;
    std::vector<core::operator_problem> skipped;
    auto gate = make_issuer_gate(settings, fetched, problems, skipped);
    if (problems.empty()) {
        for (const auto& one : skipped) {
            log.info("session_key_skipped", {{"key", one.where}, {"reason", one.what}});
        }
        return gate;
    }
    const auto in_words = [](const auto& one) { return one.where + ": " + one.what; };
    throw std::runtime_error(joined(problems | std::views::transform(in_words), "; "));
}

} // namespace sluice::app
