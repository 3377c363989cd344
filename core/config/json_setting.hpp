#pragma once
// Converts settings from and to JSON. It does not check ranges: core/config/setting_check.cpp does.
// Private to core: used by config_file.cpp, config_listeners.cpp and config_print.cpp.

#include "core/config/config_settings.hpp"

#include <boost/json/value.hpp>

namespace sluice::core {

/// `value` in the form of the setting's kind. Values that no setting accepts (null, fractions,
/// objects, mixed lists) and values of another kind become one that check() rejects.
[[nodiscard]] setting_value from_json(const setting_shape& which, const boost::json::value& value);

[[nodiscard]] boost::json::value to_json_value(const setting_value& value);

} // namespace sluice::core
