#pragma once
// SIGHUP: the configuration, keys and certificates are read again and put in force as a whole, or
// refused as a whole with the reasons in the log. Decides what may change; app::application changes
// it.

#include "app/log/service_log.hpp"
#include "app/service/application.hpp"
#include "core/config/config_source.hpp"
#include "core/token/key_file.hpp"

#include <functional>

namespace sluice::app {

/// What the sources of a start say now.
struct reload_input {
    core::loaded_config config;
    core::key_loading keys;
};

/// Reads them again; `running` holds what cannot be read a second time.
using reload_source = std::function<reload_input(const core::loaded_keys& running)>;

/// True when what `source` says is in force now. Logs what has changed, by name and without values,
/// what has to wait for a restart, or why nothing has changed.
bool reload(application& running, const reload_source& source, service_log& log);

/// The same for the files of keys alone: the configuration stays what it is.
bool reload_keys(application& running, service_log& log);

/// The same for certificates alone.
bool reload_certificates(application& running, service_log& log);

} // namespace sluice::app
