#include "app/service/reload.hpp"

#include "app/log/joined.hpp"
#include "app/service/issuer_setup.hpp"
#include "core/base/clock.hpp"
#include "core/config/config_diff.hpp"
#include "core/config/config_validate.hpp"

#include <algorithm>
#include <exception>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sluice::app {

namespace {

std::string reasons(const reload_input& input) {
    std::string all;
    for (const auto* problems : {&input.config.problems, &input.keys.problems}) {
        for (const auto& [where, what] : *problems) {
            all.append(all.empty() ? "" : "; ").append(where).append(": ").append(what);
        }
    }
    return all;
}

std::vector<std::string> key_names(const core::loaded_keys& keys) {
    std::vector<std::string> names;
    for (const auto& key : keys.ring.keys()) {
        names.push_back(key.kid());
    }
    return names;
}

// Certificates are staged first, so that an unusable one prevents the whole reload.
void put_in_force(application& running, reload_input input, bool with_certificates) {
    auto& settings = input.config.settings;
    auto staged = with_certificates ? running.tls().load(settings.tls) : certificates::staged{};
    running.renew(std::move(settings), std::move(*input.keys.keys));
    running.use(std::move(staged));
}

// Keeps the result for `sluice status`. The text is that of the service log.
void note(application& running, std::string_view what, bool is_done, std::string detail) {
    const core::system_clock time;
    running.reloads().note(
        {.at = time.wall_seconds(), .what = what, .is_done = is_done, .detail = std::move(detail)});
}

bool reload(application& running, const reload_source& source, service_log& log,
            std::string_view what, bool with_certificates) try {
    auto input = source(running.current().keys());
    auto& next = input.config.settings;
    const auto& before = running.current().settings();
    const auto waiting = core::keep_fixed_settings(before, next);
    if (input.config.problems.empty()) { // a setting that is kept may conflict with a new one
        input.config.problems = core::validate(next, core::config_use::serve);
    }
    if (auto why = reasons(input); !why.empty()) {
        log.error("reload_refused", {{"reasons", why}});
        note(running, what, false, std::move(why));
        return false;
    }
    const auto changed = core::changed_settings(before, next);
    const auto kids = key_names(*input.keys.keys);
    put_in_force(running, std::move(input), with_certificates);
    if (!waiting.empty()) {
        log.warning("restart_needed", {{"settings", joined(waiting)}});
    }
    log.info("reloaded", {{"changed", joined(changed)}, {"keys", joined(kids)}});
    note(running, what, true,
         changed.empty() ? "keys: " + joined(kids) : "changed: " + joined(changed));
    if (std::ranges::any_of(changed, [](auto name) { return name.starts_with("issuer."); })) {
        report_issuer(running.current().settings(), log);
    }
    return true;
} catch (const std::exception& fault) { // includes bad_alloc: a reload never ends the process
    log.error("reload_refused", {{"reasons", fault.what()}});
    note(running, what, false, fault.what());
    return false;
}

} // namespace

bool reload(application& running, const reload_source& source, service_log& log) {
    return reload(running, source, log, "configuration", true);
}

bool reload_keys(application& running, service_log& log) {
    const auto as_it_is = [&running](const core::loaded_keys& keys) {
        const auto& settings = running.current().settings();
        return reload_input{{settings, {}}, core::reload_key_ring(settings.tokens.key_file, keys)};
    };
    return reload(running, as_it_is, log, "keys", false);
}

bool reload_jwks(application& running, service_log& log) try {
    const auto& now = running.current();
    running.renew(now.settings(), now.keys());
    log.info("jwks_in_force");
    return true;
} catch (const std::exception& fault) {
    log.error("jwks_refused", {{"cause", fault.what()}});
    return false;
}

bool reload_certificates(application& running, service_log& log) try {
    running.use(running.tls().load(running.current().settings().tls));
    log.info("certificates_renewed");
    note(running, "certificates", true, {});
    return true;
} catch (const std::exception& fault) {
    log.error("certificates_refused", {{"cause", fault.what()}});
    note(running, "certificates", false, fault.what());
    return false;
}

} // namespace sluice::app
