#include "app/commands/config_command.hpp"

#include "app/service/certificates.hpp"
#include "app/service/issuer_setup.hpp"
#include "core/config/config_listeners.hpp"
#include "core/config/config_print.hpp"
#include "core/config/config_validate.hpp"
#include "core/media/name_twin.hpp"
#include "core/text/percent.hpp"

#include <exception>
#include <ostream>

namespace sluice::app {

void report(const std::vector<core::operator_problem>& problems, const terminal& streams) {
    for (const auto& problem : problems) {
        streams.err << problem.where << ": " << problem.what << '\n';
    }
}

namespace {

/// Reports names that clients cannot reach when they compose their requests (NFC).
void report_uncomposed(const std::string& root, const terminal& streams) {
    constexpr std::size_t most_names = 200'000; // a second or two
    if (root.empty()) {
        return;
    }
    const auto names = core::find_uncomposed(root, most_names);
    for (const auto& path : names.first) {
        streams.err << "note: media.root: the name " << core::percent_encoded_path(path)
                    << " is not in NFC; a request for the composed form gets 404\n";
    }
    if (names.count > names.first.size()) {
        streams.err << "note: media.root: " << names.count << " names in all are not in NFC\n";
    }
    if (names.count > 0 && !names.is_complete) {
        streams.err << "note: media.root: not all names were checked\n";
    }
}

} // namespace

int check_config(const core::loaded_config& loaded, const core::key_loading& keys,
                 const terminal& streams) {
    report(loaded.problems, streams);
    report(keys.problems, streams);
    std::vector<core::operator_problem> issuer;
    std::vector<core::operator_problem> skipped;
    (void)make_issuer_gate(loaded.settings, issuer, skipped);
    report(issuer, streams);
    if (!loaded.problems.empty() || !keys.problems.empty() || !issuer.empty()) {
        return exit_failure;
    }
    try {
        const certificates usable(loaded.settings);
    } catch (const std::exception& fault) {
        report({{"listeners", fault.what()}}, streams);
        return exit_failure;
    }
    for (const auto& remark : core::remarks(loaded.settings)) {
        streams.err << "note: " << remark << '\n';
    }
    report_uncomposed(loaded.settings.media.root, streams);
    if (keys.keys && !keys.keys->notice.empty()) {
        streams.err << "note: " << keys.keys->notice << '\n';
    }
    for (const auto& one : skipped) {
        streams.err << "note: " << one.where << ": skipped, as " << one.what << '\n';
    }
    if (const auto notice = notice_on_issuer(loaded.settings)) {
        streams.err << "note: " << notice->text << '\n';
    }
    streams.out << "ok\n";
    return exit_success;
}

int print_settings_table(const terminal& streams) {
    streams.out << core::settings_table() << '\n' << core::listener_table();
    return exit_success;
}

int print_config(const core::loaded_config& loaded, const terminal& streams) {
    if (!loaded.problems.empty()) {
        report(loaded.problems, streams);
        return exit_failure;
    }
    streams.out << core::to_json(loaded.settings) << '\n';
    return exit_success;
}

} // namespace sluice::app
