// The process: argv and environment in, exit status out. app/run_command.hpp runs the commands.
#include "app/process/installation.hpp"
#include "app/process/service_manager.hpp"
#include "app/run_command.hpp"
#include "app/start/serve.hpp"
#include "core/base/clock.hpp"
#include "core/config/config_source.hpp"
#include "crypto/secret.hpp"

#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <exception>
#include <iostream>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace {

/// Removes SLUICE_SECRET from the environment, so that neither children nor /proc/<pid>/environ
/// have it.
std::optional<sluice::crypto::secret> take_secret() {
    const std::string name(sluice::core::secret_variable);
    // Before any thread is started: only then are getenv and unsetenv safe.
    char* const value = std::getenv(name.c_str()); // NOLINT(concurrency-mt-unsafe)
    if (value == nullptr) {
        return std::nullopt;
    }
    const auto size = std::strlen(value);
    std::optional<sluice::crypto::secret> taken(std::in_place, std::string_view(value, size));
    sluice::crypto::wipe(value, size);
    ::unsetenv(name.c_str()); // NOLINT(concurrency-mt-unsafe)
    return taken;
}

sluice::app::invocation collect(int argc, char** argv) {
    sluice::app::invocation with;
    with.secret = take_secret();
    with.installed = sluice::app::packaged();
    with.arguments.assign(argv + (argc > 0 ? 1 : 0), argv + argc);
    for (char** entry = environ; *entry != nullptr; ++entry) {
        const std::string_view text(*entry);
        const auto equals = text.find('=');
        if (equals != std::string_view::npos) {
            with.environment.emplace_back(text.substr(0, equals), text.substr(equals + 1));
        }
    }
    return with;
}

} // namespace

int main(int argc, char** argv) {
    try {
        auto with = collect(argc, argv);
        sluice::app::service_manager manager(with.environment, ::getpid());
        return sluice::app::run_command(
            std::move(with), {std::cin, std::cout, std::cerr}, sluice::core::system_clock{},
            [&](const auto& settings, auto keys, const auto& source) {
                return sluice::app::serve(settings, std::move(keys), source, manager);
            });
    } catch (const std::exception& fault) {
        std::cerr << "sluice: " << fault.what() << '\n';
        return sluice::app::exit_failure;
    }
}
