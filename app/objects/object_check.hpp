#pragma once
// Asks an object store whether it can serve media, for `sluice config check`. Used by
// app/start/start_checks.

#include "core/config/config_origin.hpp"
#include "http/objects/object_origin.hpp"

#include <string>

namespace sluice::app {

/// Lists the bucket and reads a byte of an object with the credentials of `origin`. Empty when both
/// succeed; otherwise a sentence for the operator. Waits for the store.
[[nodiscard]] std::string try_object_origin(const core::origin_settings& settings,
                                            http::object_origin& origin);

} // namespace sluice::app
