#include "app/command_settings.hpp"

#include "core/config/config_source.hpp"
#include "core/config/environment_file.hpp"
#include "core/files/file_owner.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <ostream>
#include <string_view>

namespace sluice::app {

namespace {

bool writes_issuer_keys(command what) {
    return what == command::key_new || what == command::key_rotate || what == command::key_retire ||
           what == command::key_list;
}

/// True when a flag names a file: it may be one that only the caller can read.
bool names_files(const command_line& line) {
    constexpr std::array<std::string_view, 5> files{"tokens.key_file", "issuer.keys_file",
                                                    "store.url", "media.root", "control.socket"};
    return std::ranges::any_of(line.settings, [&](const auto& flag) {
        return std::ranges::find(files, flag.path) != files.end();
    });
}

/// True when something but the installed file configures the command.
bool has_settings(const command_line& line, const invocation& with) {
    return !line.settings.empty() || with.secret ||
           std::ranges::any_of(with.environment, [](const auto& variable) {
               return variable.first.starts_with("SLUICE_");
           });
}

std::optional<std::string> configured_file(const command_line& line, const invocation& with) {
    if (!line.config_file.empty()) {
        return line.config_file;
    }
    for (const auto& [name, value] : with.environment) {
        if (name == core::config_file_variable) {
            return value;
        }
    }
    return std::nullopt;
}

/// Adds the variables of the environment file, unless they are set. False: it has printed a fault.
bool add_variables(invocation& with, std::string& told, const terminal& streams) {
    const auto& path = with.installed.environment;
    if (path.empty() || ::access(path.c_str(), F_OK) != 0) {
        return true;
    }
    if (::access(path.c_str(), R_OK) != 0) {
        told += ", without " + path + ", which only root can read";
        return true;
    }
    std::vector<core::operator_problem> problems;
    auto read = core::read_environment_file(path, problems);
    for (const auto& problem : problems) {
        streams.err << problem.where << ": " << problem.what << '\n';
    }
    for (auto& variable : read.variables) {
        if (std::ranges::find(with.environment, variable.first,
                              &std::pair<std::string, std::string>::first) ==
            with.environment.end()) {
            with.environment.push_back(std::move(variable));
        }
    }
    if (!with.secret && read.secret) {
        with.secret = std::move(read.secret);
    }
    told += " and " + path;
    return problems.empty();
}

/// Goes on as the user of the service, if root runs the command. False: it has printed a fault.
bool change_user(const command_line& line, const installation& installed, std::string& told,
                 const terminal& streams) {
    const auto service = core::service_account(installed.state);
    if (::geteuid() != 0 || !service || writes_issuer_keys(line.what) || names_files(line)) {
        return true;
    }
    if (const auto fault = become(*service); !fault.empty()) {
        streams.err << "sluice: " << fault << '\n';
        return false;
    }
    told += ", as the user " + core::user_name(service->user);
    return true;
}

} // namespace

std::optional<std::string> prepare_settings(const command_line& line, invocation& with,
                                            const terminal& streams) {
    const auto& installed = with.installed.config;
    const auto configured = configured_file(line, with);
    if (configured && (*configured != installed || installed.empty())) {
        return configured;
    }
    if (!configured) {
        if (line.what == command::serve || installed.empty() ||
            (::access(installed.c_str(), F_OK) != 0 && errno != EACCES)) {
            return "";
        }
        if (::access(installed.c_str(), R_OK) != 0) {
            streams.err << "sluice: " << installed << " cannot be opened"
                        << core::access_advice(installed) << '\n';
            return has_settings(line, with) ? std::optional<std::string>("") : std::nullopt;
        }
    }
    std::string told = "sluice: settings from " + installed;
    const bool is_of_unit = line.what == command::serve && ::geteuid() != 0;
    if (!is_of_unit && (!add_variables(with, told, streams) ||
                        !change_user(line, with.installed, told, streams))) {
        return std::nullopt;
    }
    if (!configured || told.find(", as the user ") != std::string::npos) {
        streams.err << told << '\n';
    }
    return installed;
}

} // namespace sluice::app
