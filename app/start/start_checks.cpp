#include "app/start/start_checks.hpp"

#include "app/log/line_writer.hpp"
#include "app/objects/object_check.hpp"
#include "app/service/issuer_setup.hpp"
#include "core/access/store_url.hpp"
#include "core/address/listen_address.hpp"
#include "core/config/config_origins.hpp"
#include "core/files/file_owner.hpp"
#include "core/files/web_files.hpp"
#include "core/media/media_store.hpp"
#include "core/text/timestamp.hpp"
#include "http/connection/listen_socket.hpp"
#include "store/open_store.hpp"
#include "store/schema.hpp"
#include "tls/client_channels.hpp"
#include "tls/context.hpp"

#include <boost/system/system_error.hpp>

#include <unistd.h>

#include <array>
#include <cerrno>
#include <exception>
#include <stdexcept>
#include <string>
#include <system_error>
#include <utility>
#include <variant>

namespace sluice::app {

namespace {

using faults = std::vector<start_fault>;
using std::chrono::sys_seconds;

void add(faults& out, std::string where, std::string what,
         start_effect effect = start_effect::stops) {
    out.push_back({{std::move(where), std::move(what)}, effect});
}

std::string message_of(int error) {
    return std::generic_category().message(error);
}

/// The reason why no file can be created in the directory of `path`; empty if one can.
std::string objection_to_directory(const std::string& path) {
    const auto directory = core::directory_of(path);
    if (::access(directory.c_str(), W_OK | X_OK) == 0) {
        return {};
    }
    const int error = errno;
    return "the directory " + directory + " is not usable: " + message_of(error) +
           (error == EACCES ? " for the user " + core::user_name(::geteuid()) + "; it" +
                                  core::belongs_to(directory)
                            : "");
}

/// Calls `check(origin, place)` for each origin; `place` is its setting.
template <class Check>
void for_each_origin(const core::config& settings, Check check) {
    const auto all = core::all_origins(settings.media);
    for (std::size_t i = 0; i < all.size(); ++i) {
        check(all[i], core::origin_place(settings.media, i));
    }
}

void check_media(const core::config& settings, sys_seconds /*now*/, faults& out) {
    for_each_origin(settings, [&out](const auto& one, const std::string& place) {
        if (one.root.empty()) {
            return; // an object store
        }
        try {
            const core::media_store opened(one.root);
        } catch (const std::system_error& fault) {
            const bool is_closed = fault.code().value() == EACCES;
            add(out, place + ".root",
                one.root + " cannot be opened: " + message_of(fault.code().value()) +
                    (is_closed ? core::access_advice(one.root) : ""));
        }
    });
}

// Asks the stores, and waits for their responses.
void check_object_stores(const core::config& settings, sys_seconds /*now*/, faults& out) {
    for_each_origin(settings, [&](const auto& one, const std::string& place) {
        if (!one.root.empty()) {
            return; // a directory
        }
        auto made = prepare_origin(one, place, settings.storage.open_timeout);
        if (auto& [where, what] = made.fault; !what.empty()) {
            add(out, std::move(where), std::move(what),
                made.is_of_settings ? start_effect::stops
                                    : start_effect::impairs); // a start does not need the agent
        } else if (auto objection = try_object_origin(one, *made.origin); !objection.empty()) {
            add(out, place, std::move(objection), start_effect::impairs);
        }
    });
}

void check_page(const core::config& settings, sys_seconds /*now*/, faults& out) {
    if (settings.web.root.empty()) {
        return;
    }
    try {
        (void)core::load_web_files(settings.web.root);
    } catch (const std::exception& fault) {
        constexpr std::string_view place = "web.root: "; // the text may begin with it
        const std::string_view text = fault.what();
        add(out, "web.root", std::string(text.substr(text.starts_with(place) ? place.size() : 0)));
    }
}

void check_log(std::string where, const std::string& path, faults& out) {
    if (path == "-" || path == "off") {
        return;
    }
    if (::access(path.c_str(), F_OK) != 0) {
        if (auto fault = objection_to_directory(path); !fault.empty()) {
            add(out, std::move(where), path + " cannot be made: " + std::move(fault));
        }
    } else if (const int error = line_writer::try_open(path); error != 0) {
        add(out, std::move(where),
            path + " cannot be opened for writing: " + message_of(error) +
                (error == EACCES ? " for the user " + core::user_name(::geteuid()) + "; it" +
                                       core::belongs_to(path)
                                 : ""));
    }
}

void check_logs(const core::config& settings, sys_seconds /*now*/, faults& out) {
    check_log("log.access", settings.log.access, out);
    check_log("log.audit", settings.log.audit, out);
}

std::string place_of(const core::config& settings, std::size_t index) {
    return settings.listeners.empty() ? "listen" : "listeners[" + std::to_string(index) + "]";
}

void check_certificates(const core::config& settings, sys_seconds now, faults& out) {
    for (std::size_t i = 0; i < settings.listeners.size(); ++i) {
        const auto& one = settings.listeners[i];
        if (one.certificate.empty()) {
            continue;
        }
        try {
            tls::context context(one);
            context.use(context.load(settings.tls));
            const auto holds = context.valid();
            if (now < holds.from || now > holds.until) {
                const bool is_early = now < holds.from;
                const auto when = is_early ? holds.from : holds.until;
                add(out, place_of(settings, i),
                    "the certificate " + one.certificate +
                        (is_early ? " is not valid before " : " expired on ") +
                        core::format_timestamp(when.time_since_epoch().count()) +
                        ": clients reject it; renew it, or set the clock",
                    start_effect::warns);
            }
        } catch (const std::exception& fault) {
            add(out, place_of(settings, i), fault.what());
        }
    }
}

void check_issuer(const core::config& settings, sys_seconds /*now*/, faults& out) {
    std::vector<core::operator_problem> problems;
    std::vector<core::operator_problem> skipped;
    (void)make_issuer_gate(settings, {}, problems, skipped);
    for (auto& problem : problems) {
        out.push_back({std::move(problem), start_effect::stops});
    }
    if (!settings.issuer.jwt_jwks_ca_file.empty()) {
        try {
            const tls::client_channels opened(settings.issuer.jwt_jwks_ca_file);
        } catch (const std::exception& fault) {
            add(out, "issuer.jwt.jwks_ca_file", fault.what());
        }
    }
}

void check_address(std::string where, const core::listener_settings& one, faults& out) {
    const auto address = core::parse_listen_address(one.address);
    if (!address) {
        return; // rejected by core::validate()
    }
    try {
        if (const auto* const tcp = std::get_if<core::host_port>(&*address)) {
            http::try_tcp(*tcp, one);
        } else if (const auto* const local = std::get_if<core::unix_path>(&*address)) {
            http::try_unix(local->path);
        } // a passed socket exists only in the process that the service manager starts
    } catch (const boost::system::system_error& fault) {
        const int error = fault.code().value();
        const bool is_taken = error == EADDRINUSE;
        add(out, std::move(where),
            "cannot listen on " + one.address + ": " + message_of(error) +
                (is_taken          ? ": by the running service, or by another process"
                 : error == EACCES ? " for the user " + core::user_name(::geteuid()) +
                                         (std::holds_alternative<core::unix_path>(*address)
                                              ? ""
                                              : ": ports below 1024 need CAP_NET_BIND_SERVICE or "
                                                "a socket unit")
                                   : std::string()),
            is_taken ? start_effect::warns : start_effect::stops);
    }
}

void check_listeners(const core::config& settings, sys_seconds /*now*/, faults& out) {
    core::listener_settings plain;
    plain.address = settings.listen;
    const auto& all = settings.listeners;
    for (std::size_t i = 0; i < all.size(); ++i) {
        check_address(place_of(settings, i), all[i], out);
    }
    if (all.empty()) {
        check_address("listen", plain, out);
    }
    if (!settings.metrics.listen.empty()) {
        plain.address = settings.metrics.listen;
        check_address("metrics.listen", plain, out);
    }
    if (!settings.control.socket.empty()) {
        plain.address = "unix:" + settings.control.socket;
        check_address("control.socket", plain, out);
    }
}

/// The reason why a SQLite file cannot be created or written; empty if it can. Sets `exists`.
std::string objection_to_sqlite(const std::string& path, bool& exists) {
    exists = ::access(path.c_str(), F_OK) == 0;
    if (exists && ::access(path.c_str(), R_OK | W_OK) != 0) {
        return path + ": " + message_of(errno) + " for the user " + core::user_name(::geteuid()) +
               "; it" + core::belongs_to(path);
    }
    return objection_to_directory(path); // also for the journal beside the file
}

void check_store(const core::config& settings, sys_seconds /*now*/, faults& out) {
    const auto& wanted = settings.store;
    if (wanted.url.empty()) {
        return;
    }
    const bool migrates = wanted.migrate == core::store_migration::automatic;
    const auto complain = [&](const std::string& what) {
        add(out, "store.url", what + "; the service answers 503 until it can read the store",
            start_effect::impairs);
    };
    if (!core::is_postgres_url(wanted.url)) {
        bool exists = false;
        const std::string path(core::sqlite_path(wanted.url));
        if (const auto fault = objection_to_sqlite(path, exists); !fault.empty()) {
            complain(fault);
            return;
        }
        if (!exists) {
            if (!migrates) {
                complain(path + " does not exist: run sluice store migrate");
            }
            return;
        }
    }
    const auto version = store::schema_version_of(
        {.url = wanted.url, .timeout = std::chrono::milliseconds(wanted.timeout_ms)});
    if (!version) {
        complain("the store cannot be used: " + version.error().cause);
    } else if (*version > store::current_schema_version) {
        complain("the store has been used by a newer sluice (schema version " +
                 std::to_string(*version) + ")");
    } else if (*version < store::current_schema_version && !migrates) {
        complain("the store has schema version " + std::to_string(*version) +
                 ": run sluice store migrate");
    }
}

constexpr std::array checks{
    start_check{"media", check_media},
    start_check{"object store", check_object_stores},
    start_check{"page", check_page},
    start_check{"logs", check_logs},
    start_check{"certificates", check_certificates},
    start_check{"issuer keys", check_issuer},
    start_check{"addresses", check_listeners},
    start_check{"store", check_store},
};

} // namespace

std::span<const start_check> start_checks() noexcept {
    return checks;
}

std::vector<start_fault> check_start(const core::config& settings, sys_seconds now) {
    faults found;
    for (const auto& one : checks) {
        one.run(settings, now, found);
    }
    return found;
}

void require_start(const core::config& settings, sys_seconds now) {
    faults found;
    for (const auto& one : checks) {
        // A start does not need the store (decision 18), nor the object store.
        if (one.run != check_store && one.run != check_object_stores) {
            one.run(settings, now, found);
        }
    }
    std::string lines;
    for (const auto& [problem, effect] : found) {
        if (effect == start_effect::stops) {
            lines += (lines.empty() ? "" : "\nsluice: ") + problem.where + ": " + problem.what;
        }
    }
    if (!lines.empty()) {
        throw std::runtime_error(lines);
    }
}

} // namespace sluice::app
