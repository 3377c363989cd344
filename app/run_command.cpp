#include "app/run_command.hpp"

#include "app/cli/command_line.hpp"
#include "app/cli/completion.hpp"
#include "app/cli/help.hpp"
#include "app/commands/config_command.hpp"
#include "app/commands/key_command.hpp"
#include "app/commands/status_command.hpp"
#include "app/commands/store_command.hpp"
#include "app/commands/token_command.hpp"
#include "app/commands/token_inspect.hpp"
#include "app/commands/token_why.hpp"
#include "app/process/version.hpp"
#include "core/config/config_source.hpp"
#include "store/url_check.hpp"

#include <fstream>
#include <istream>
#include <ostream>
#include <string>
#include <utility>
#include <variant>

namespace sluice::app {

namespace {

/// A command on its way: what was asked, and where its settings come from.
struct task {
    const command_line& line;
    invocation& with;
    std::string config_file; // empty: none
};

core::loaded_config load_settings(const task& what, core::config_use use) {
    core::config_sources sources;
    sources.environment = what.with.environment;
    sources.flags = what.line.settings;
    sources.file = what.config_file;
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
int run_with_keys(const task& what, const terminal& streams, const core::clock& time,
                  const serve_function& serve) {
    const auto& line = what.line;
    auto& with = what.with;
    const bool is_serve = line.what == command::serve;
    const auto loaded =
        load_settings(what, is_serve ? core::config_use::serve : core::config_use::tool);
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
            auto again = load_settings(what, core::config_use::serve);
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
int run_with_store(const task& what, const terminal& streams, const core::clock& time,
                   std::istream& operand) {
    const auto loaded = load_settings(what, core::config_use::tool);
    report(loaded.problems, streams);
    if (!loaded.problems.empty()) {
        return exit_failure;
    }
    return run_store_command(what.line, {loaded.settings, time.wall_seconds(), operand}, streams);
}

/// The commands that need no settings.
int run_alone(const command_line& line, const terminal& streams, const core::clock& time) {
    switch (line.what) {
    case command::token_inspect:
        return inspect_token(line, time.wall_seconds(), streams);
    case command::config_print:
        return print_settings_table(streams);
    case command::completion: {
        const auto script = completion_script(line.operands.front());
        streams.out << script;
        return script.empty() ? refuse_usage(streams, "name the shell: bash, zsh or fish")
                              : exit_success;
    }
    case command::version:
        streams.out << "sluice " << version() << '\n';
        return exit_success;
    default:
        return explain(line, streams);
    }
}

bool runs_alone(const command_line& line) {
    return line.what == command::token_inspect || line.what == command::version ||
           line.what == command::help || line.what == command::completion ||
           (line.what == command::config_print && line.has("--markdown"));
}

int run(const task& what, const terminal& streams, const core::clock& time,
        const serve_function& serve, std::istream& operand) {
    switch (what.line.what) {
    case command::serve:
    case command::token_issue:
    case command::token_verify:
    case command::token_why:
        return run_with_keys(what, streams, time, serve);
    case command::key_new:
    case command::key_rotate:
    case command::key_retire:
    case command::key_list: {
        const auto loaded = load_settings(what, core::config_use::tool);
        report(loaded.problems, streams);
        return loaded.problems.empty()
                   ? run_key_command(what.line, loaded.settings, time.wall_seconds(), streams)
                   : exit_failure;
    }
    case command::config_check: {
        const auto loaded = load_settings(what, core::config_use::serve);
        const auto keys = core::load_key_ring(loaded.settings.tokens.key_file, what.with.secret);
        return check_config(what.line, {loaded, keys, time.wall_seconds()}, streams);
    }
    case command::status:
    case command::top: {
        const auto loaded = load_settings(what, core::config_use::tool);
        report(loaded.problems, streams);
        return loaded.problems.empty() ? run_status_command(what.line, loaded.settings, streams)
                                       : exit_failure;
    }
    case command::config_print:
        return print_config(what.line, load_settings(what, core::config_use::tool), streams);
    default:
        return run_with_store(what, streams, time, operand);
    }
}

} // namespace

int run_command(invocation with, const terminal& streams, const core::clock& time,
                const serve_function& serve) {
    const auto parsed = parse_command_line(with.arguments);
    if (const auto* const fault = std::get_if<usage_error>(&parsed)) {
        return refuse_usage(streams, fault->message + "\nsluice help explains the commands.");
    }
    const auto& line = std::get<command_line>(parsed);
    if (runs_alone(line)) {
        return run_alone(line, streams, time);
    }
    // Opened with the rights of the caller, before the command becomes the user of the service.
    std::ifstream file;
    const bool has_file = line.what == command::grant_import && line.operands.front() != "-";
    if (has_file) {
        file.open(line.operands.front(), std::ios::binary);
    }
    auto config_file = prepare_settings(line, with, streams);
    return config_file ? run({line, with, *std::move(config_file)}, streams, time, serve,
                             has_file ? file : streams.in)
                       : exit_failure;
}

} // namespace sluice::app
