#include "app/run_command.hpp"

#include "app/cli/command_line.hpp"
#include "app/cli/help.hpp"
#include "app/commands/config_command.hpp"
#include "app/commands/key_command.hpp"
#include "app/commands/store_command.hpp"
#include "app/commands/token_command.hpp"
#include "app/commands/token_inspect.hpp"
#include "app/commands/token_why.hpp"
#include "app/process/version.hpp"
#include "core/config/config_source.hpp"
#include "store/url_check.hpp"

#include <ostream>
#include <utility>
#include <variant>

namespace sluice::app {

namespace {

core::loaded_config load_settings(const command_line& line, const invocation& with,
                                  core::config_use use) {
    core::config_sources sources;
    sources.environment = with.environment;
    sources.flags = line.settings;
    sources.file = line.config_file;
    if (sources.file.empty()) {
        for (const auto& [name, value] : with.environment) {
            if (name == core::config_file_variable) {
                sources.file = value;
            }
        }
    }
    auto loaded = core::load_config(sources, use);
    if (auto objection = store::objection_to_url(loaded.settings.store.url); !objection.empty()) {
        loaded.problems.push_back({"store.url", std::move(objection)});
    }
    return loaded;
}

int explain(const command_line& line, const terminal& streams) {
    const auto text = help_on_topic(line.operands);
    if (text.empty()) {
        return refuse_usage(streams, "unknown command; sluice help lists all commands");
    }
    streams.out << text;
    return exit_success;
}

/// serve, token issue and token verify: the commands that need settings and keys.
int run_with_keys(const command_line& line, invocation& with, const terminal& streams,
                  const core::clock& time, const serve_function& serve) {
    const bool is_serve = line.what == command::serve;
    const auto loaded =
        load_settings(line, with, is_serve ? core::config_use::serve : core::config_use::tool);
    auto loading = core::load_key_ring(loaded.settings.tokens.key_file, with.secret);
    with.secret.reset(); // not kept in memory while the gateway runs
    report(loaded.problems, streams);
    report(loading.problems, streams);
    if (!loaded.problems.empty() || !loading.keys) {
        return exit_failure;
    }
    if (is_serve) {
        // A reload uses the arguments and the environment of the start, and reads the files again.
        const reload_source source = [&](const core::loaded_keys& running) {
            auto again = load_settings(line, with, core::config_use::serve);
            auto keys = core::reload_key_ring(again.settings.tokens.key_file, running);
            return reload_input{std::move(again), std::move(keys)};
        };
        return serve(loaded.settings, std::move(*loading.keys), source);
    }
    if (loading.keys->ephemeral) {
        streams.err << "sluice: no signing key: set --key-file or SLUICE_SECRET\n";
        return exit_failure;
    }
    const token_tools tools{loaded.settings, loading.keys->ring, time.wall_seconds()};
    switch (line.what) {
    case command::token_issue:
        return issue_token(line, tools, streams);
    case command::token_why:
        return explain_refusal(line, tools, streams);
    default:
        return verify_token(line, tools, streams);
    }
}

/// grant, revoke and store: the commands that need settings and the store.
int run_with_store(const command_line& line, const invocation& with, const terminal& streams,
                   const core::clock& time) {
    const auto loaded = load_settings(line, with, core::config_use::tool);
    report(loaded.problems, streams);
    if (!loaded.problems.empty()) {
        return exit_failure;
    }
    return run_store_command(line, loaded.settings, time.wall_seconds(), streams);
}

int run(const command_line& line, invocation& with, const terminal& streams,
        const core::clock& time, const serve_function& serve) {
    switch (line.what) {
    case command::serve:
    case command::token_issue:
    case command::token_verify:
    case command::token_why:
        return run_with_keys(line, with, streams, time, serve);
    case command::token_inspect:
        return inspect_token(line, time.wall_seconds(), streams);
    case command::grant_add:
    case command::grant_remove:
    case command::grant_list:
    case command::grant_import:
    case command::revoke_token:
    case command::revoke_user:
    case command::revoke_key:
    case command::revoke_list:
    case command::revoke_lift:
    case command::store_migrate:
    case command::store_check:
        return run_with_store(line, with, streams, time);
    case command::key_new:
    case command::key_rotate:
    case command::key_retire:
    case command::key_list: {
        const auto loaded = load_settings(line, with, core::config_use::tool);
        report(loaded.problems, streams);
        return loaded.problems.empty()
                   ? run_key_command(line, loaded.settings, time.wall_seconds(), streams)
                   : exit_failure;
    }
    case command::config_check: {
        const auto loaded = load_settings(line, with, core::config_use::serve);
        const auto keys = core::load_key_ring(loaded.settings.tokens.key_file, with.secret);
        return check_config(loaded, keys, streams);
    }
    case command::config_print:
        return print_config(line, load_settings(line, with, core::config_use::tool), streams);
    case command::version:
        streams.out << "sluice " << version() << '\n';
        return exit_success;
    case command::help:
        break;
    }
    return explain(line, streams);
}

} // namespace

int run_command(invocation with, const terminal& streams, const core::clock& time,
                const serve_function& serve) {
    const auto parsed = parse_command_line(with.arguments);
    if (const auto* const fault = std::get_if<usage_error>(&parsed)) {
        return refuse_usage(streams, fault->message + "\nsluice help explains the commands.");
    }
    return run(std::get<command_line>(parsed), with, streams, time, serve);
}

} // namespace sluice::app
