#include "app/commands/store_command.hpp"

#include "core/json/json_text.hpp"
#include "store/open_store.hpp"
#include "store/schema.hpp"

#include <ostream>

namespace sluice::app {

namespace {

// An operator can wait longer than a client of the service, and lists may be long.
constexpr std::chrono::seconds patience{30};

int migrate(core::access_store& in, const terminal& streams) {
    const auto found = in.migrate();
    if (!found) {
        return report_fault(found.error(), streams);
    }
    if (*found > store::current_schema_version) {
        streams.err << "sluice: the schema has version " << *found << ", made by a newer sluice\n";
        return exit_failure;
    }
    streams.out << "schema version " << *found << " -> " << store::current_schema_version << '\n';
    return exit_success;
}

/// report_fault() of `store check`: with `as_json`, also as its answer.
int report_check(const core::store_fault& fault, bool as_json, const terminal& streams) {
    if (as_json) {
        streams.out << R"({"ok": false, "cause": )" << core::json_string(fault.cause) << "}\n";
    }
    return report_fault(fault, streams);
}

int check_store(core::access_store& in, bool as_json, const terminal& streams) {
    std::size_t grants = 0;
    const auto listed = in.list_grants({}, [&](const core::grant&) { ++grants; });
    if (!listed) {
        return report_check(listed.error(), as_json, streams);
    }
    const auto position = in.position();
    if (!position) {
        return report_check(position.error(), as_json, streams);
    }
    if (as_json) {
        streams.out << R"({"ok": true, "schema_version": )" << store::current_schema_version
                    << R"(, "grants": )" << grants << R"(, "last_revocation": )" << position->last
                    << "}\n";
        return exit_success;
    }
    streams.out << "ok: schema version " << store::current_schema_version << ", " << grants
                << " grants, last revocation " << position->last << '\n';
    return exit_success;
}

} // namespace

int report_fault(const core::store_fault& fault, const terminal& streams) {
    streams.err << "sluice: store: " << fault.cause << '\n';
    return exit_failure;
}

int run_store_command(const command_line& line, const store_request& request,
                      const terminal& streams) {
    const auto& settings = request.settings;
    if (settings.store.url.empty()) {
        streams.err << "sluice: no store configured: set --store or store.url\n";
        return exit_failure;
    }
    const store::store_address where{.url = settings.store.url, .timeout = patience};
    const bool migrates = line.what == command::store_migrate;
    const auto opened = migrates ? store::create_store(where) : store::open_store(where);
    const bool as_json = line.what == command::store_check && line.has("--json");
    if (!opened) {
        return report_check(opened.error(), as_json, streams);
    }
    const store_tools with{settings, **opened, request.now, request.operand};
    switch (line.what) {
    case command::store_migrate:
        return migrate(**opened, streams);
    case command::store_check:
        return check_store(**opened, as_json, streams);
    case command::grant_add:
    case command::grant_remove:
    case command::grant_list:
    case command::grant_import:
        return run_grant_command(line, with, streams);
    default:
        return run_revoke_command(line, with, streams);
    }
}

} // namespace sluice::app
