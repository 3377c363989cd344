#include "app/reload.hpp"

#include "app/joined.hpp"
#include "core/config_diff.hpp"
#include "core/config_validate.hpp"

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

} // namespace

bool reload_keys(application& running, service_log& log) {
    const auto as_it_is = [&running](const core::loaded_keys& keys) {
        const auto& settings = running.current().settings();
        return reload_input{{settings, {}}, core::reload_key_ring(settings.tokens.key_file, keys)};
    };
    return reload(running, as_it_is, log);
}

bool reload(application& running, const reload_source& source, service_log& log) try {
    auto input = source(running.current().keys());
    auto& next = input.config.settings;
    const auto& before = running.current().settings();
    const auto waiting = core::keep_fixed_settings(before, next);
    if (input.config.problems.empty()) { // a kept setting may not agree with a new one
        input.config.problems = core::validate(next, core::config_use::serve);
    }
    if (auto why = reasons(input); !why.empty()) {
        log.error("reload_refused", {{"reasons", why}});
        return false;
    }
    const auto changed = core::changed_settings(before, next);
    const auto kids = key_names(*input.keys.keys);
    running.renew(std::move(next), std::move(*input.keys.keys));
    if (!waiting.empty()) {
        log.warning("restart_needed", {{"settings", joined(waiting)}});
    }
    log.info("reloaded", {{"changed", joined(changed)}, {"keys", joined(kids)}});
    return true;
} catch (const std::exception& fault) { // memory, too: a reload never ends the process
    log.error("reload_refused", {{"reasons", fault.what()}});
    return false;
}

} // namespace sluice::app
