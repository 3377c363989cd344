#pragma once
// The setting `listeners`, a list of objects: the table of their fields, and conversion from and to
// JSON. Reuses the rows, kinds and checks of the table of settings. Used by core/config and `sluice
// config print`.

#include "core/base/operator_problem.hpp"
#include "core/config/config_settings.hpp"

#include <boost/json/fwd.hpp>

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::core {

using listener_field = setting_row<listener_settings>;

/// Most entries: far more sockets than one process has a use for.
inline constexpr std::size_t max_listeners = 64;

[[nodiscard]] std::span<const listener_field> listener_fields() noexcept;

/// Parses a list of listeners. Every fault becomes a problem whose `where` is the place within the
/// list, such as "[1].proxy_protocol".
[[nodiscard]] std::vector<listener_settings>
read_listeners(const boost::json::value& from, std::vector<operator_problem>& problems);

/// The same from text, as flags and environment variables contain it.
[[nodiscard]] std::vector<listener_settings>
read_listeners(std::string_view text, std::vector<operator_problem>& problems);

/// The listeners as JSON. Fields with their default value are left out.
[[nodiscard]] boost::json::value listeners_to_json(std::span<const listener_settings> from);

/// The fields as a Markdown table, for the documentation.
[[nodiscard]] std::string listener_table();

} // namespace sluice::core
