#pragma once
// The reload on SIGHUP: reads the configuration, keys and certificates again, and accepts them as a
// whole or rejects them as a whole, with the reasons in the log. It decides which settings may
// change; app/service/application puts them in force. Used by app/start/serve.

#include "app/log/service_log.hpp"
#include "app/service/application.hpp"
#include "core/config/config_source.hpp"
#include "core/token/key_file.hpp"

#include <functional>

namespace sluice::app {

/// The current content of the sources that were read at the start.
struct reload_input {
    core::loaded_config config;
    core::key_loading keys;
};

/// Reads the sources again; `running` contains what cannot be read a second time.
using reload_source = std::function<reload_input(const core::loaded_keys& running)>;

/// True when the content of `source` is now in force. Logs the names of the changed settings
/// without their values, the settings that need a restart, or why nothing has changed.
bool reload(application& running, const reload_source& source, service_log& log);

/// The same for the key files only; the configuration stays the same.
bool reload_keys(application& running, service_log& log);

/// The same for the key set of session tokens only: puts the last one that was fetched in force.
bool reload_jwks(application& running, service_log& log);

/// The same for the certificates only.
bool reload_certificates(application& running, service_log& log);

} // namespace sluice::app
