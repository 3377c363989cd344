#include "app/commands/config_command.hpp"

#include "app/jwks/jwks_fetch.hpp"
#include "app/service/issuer_setup.hpp"
#include "app/start/start_checks.hpp"
#include "core/config/config_listeners.hpp"
#include "core/config/config_origins.hpp"
#include "core/config/config_print.hpp"
#include "core/config/config_validate.hpp"
#include "core/json/json_text.hpp"
#include "core/media/name_twin.hpp"
#include "core/text/percent.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include <ostream>
#include <string>
#include <string_view>
#include <utility>

namespace sluice::app {

namespace json = boost::json;

void report(const std::vector<core::operator_problem>& problems, const terminal& streams) {
    for (const auto& problem : problems) {
        streams.err << problem.where << ": " << problem.what << '\n';
    }
}

namespace {

using core::operator_problem;

/// The findings of a check.
struct findings {
    std::vector<operator_problem> problems; // with one of these, the service is not of use
    std::vector<operator_problem> warnings;
    std::vector<operator_problem> notes;
};

/// Adds names that clients cannot reach when they compose their requests (NFC).
void note_uncomposed(const std::string& root, const std::string& place,
                     std::vector<operator_problem>& notes) {
    constexpr std::size_t most_names = 200'000; // a second or two
    if (root.empty()) {
        return; // an object store
    }
    const auto names = core::find_uncomposed(root, most_names);
    for (const auto& path : names.first) {
        notes.push_back({place, "the name " + core::percent_encoded_path(path) +
                                    " is not in NFC; a request for the composed form gets "
                                    "404"});
    }
    if (names.count > names.first.size()) {
        notes.push_back({place, std::to_string(names.count) + " names in all are not in NFC"});
    }
    if (names.count > 0 && !names.is_complete) {
        notes.push_back({place, "not all names were checked"});
    }
}

/// Adds remarks for the operator on a service that can start.
void add_notes(const config_to_check& what, std::vector<operator_problem>& notes) {
    const auto& settings = what.loaded.settings;
    for (const auto& remark : core::remarks(settings)) {
        notes.push_back({"", remark});
    }
    const auto origins = core::all_origins(settings.media);
    for (std::size_t i = 0; i < origins.size(); ++i) {
        note_uncomposed(origins[i].root, core::origin_place(settings.media, i) + ".root", notes);
    }
    if (what.keys.keys && !what.keys.keys->notice.empty()) {
        notes.push_back({"", what.keys.keys->notice});
    }
    std::vector<operator_problem> problems; // found by the checks already
    std::vector<operator_problem> skipped;
    (void)make_issuer_gate(settings, {}, problems, skipped);
    for (const auto& one : skipped) {
        notes.push_back({one.where, "skipped, as " + one.what});
    }
    if (const auto notice = notice_on_issuer(settings)) {
        notes.push_back({"", std::string(notice->text)});
    }
}

/// Fetches the key set of session tokens. Without it the service starts, but no session token is
/// accepted.
void try_key_set(const core::config& settings, findings& all) {
    const std::string where = "issuer.jwt.jwks_url";
    if (settings.issuer.jwt_jwks_url.empty()) {
        return;
    }
    const auto answer = fetch_jwks_now(settings);
    if (!answer.is_good()) {
        all.problems.push_back({where, answer.cause});
        return;
    }
    for (const auto& [place, why] : answer.skipped) {
        all.notes.push_back({place, "skipped, as " + why});
    }
    all.notes.push_back({where, "fetched a set with " + std::to_string(answer.keys) +
                                    (answer.keys == 1 ? " usable key" : " usable keys")});
}

findings judge(const config_to_check& what) {
    findings all{what.loaded.problems, {}, {}};
    all.problems.insert(all.problems.end(), what.keys.problems.begin(), what.keys.problems.end());
    if (!what.loaded.problems.empty()) {
        return all; // the machine cannot be compared with settings that are not valid
    }
    for (auto& [problem, effect] : check_start(what.loaded.settings, what.now)) {
        (effect == start_effect::warns ? all.warnings : all.problems).push_back(std::move(problem));
    }
    if (all.problems.empty()) {
        try_key_set(what.loaded.settings, all);
        add_notes(what, all.notes);
    }
    return all;
}

json::array to_json_list(const std::vector<operator_problem>& list) {
    json::array out;
    for (const auto& [where, text] : list) {
        out.push_back(json::object{{"where", where}, {"what", text}});
    }
    return out;
}

void print(std::string_view kind, const std::vector<operator_problem>& list,
           const terminal& streams) {
    for (const auto& [where, text] : list) {
        streams.err << kind << where << (where.empty() ? "" : ": ") << text << '\n';
    }
}

} // namespace

int check_config(const command_line& line, const config_to_check& what, const terminal& streams) {
    const auto found = judge(what);
    const bool is_good = found.problems.empty();
    if (line.has("--json")) {
        streams.out << core::pretty_json(json::object{{"ok", is_good},
                                                      {"problems", to_json_list(found.problems)},
                                                      {"warnings", to_json_list(found.warnings)},
                                                      {"notes", to_json_list(found.notes)}})
                    << '\n';
        return is_good ? exit_success : exit_failure;
    }
    print("", found.problems, streams);
    print("warning: ", found.warnings, streams);
    print("note: ", found.notes, streams);
    streams.out << (is_good ? "ok\n" : "");
    return is_good ? exit_success : exit_failure;
}

int print_settings_table(const terminal& streams) {
    streams.out << core::settings_table() << '\n'
                << core::listener_table() << '\n'
                << core::origin_table();
    return exit_success;
}

int print_config(const command_line& line, const core::loaded_config& loaded,
                 const terminal& streams) {
    if (!loaded.problems.empty()) {
        report(loaded.problems, streams);
        return exit_failure;
    }
    if (line.has("--sources")) {
        streams.out << core::settings_with_sources(loaded.settings, loaded.origins);
        return exit_success;
    }
    streams.out << core::to_json(loaded.settings) << '\n';
    return exit_success;
}

} // namespace sluice::app
