#pragma once
// Settings as JSON, both ways. Private to core's .cpp files.

#include "core/config/config_settings.hpp"

#include <boost/json/value.hpp>

namespace sluice::core {

/// `value` as the setting's kind would have it. What no setting takes (null, fractions, objects,
/// mixed lists) and other kinds come out as something that check() objects to.
[[nodiscard]] setting_value from_json(const setting_shape& which, const boost::json::value& value);

[[nodiscard]] boost::json::value to_json_value(const setting_value& value);

} // namespace sluice::core
