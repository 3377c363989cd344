#pragma once
// The setting `media.origins`, a list of objects: the table of their fields, conversion from and to
// JSON, and the checks of their values. Reuses the rows, kinds and checks of the table of settings.
// Used by core/config, by `sluice config print`, and by all that opens the origins.

#include "core/base/operator_problem.hpp"
#include "core/config/config_settings.hpp"

#include <boost/json/fwd.hpp>

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::core {

/// Most entries. A request may ask each of them in turn.
inline constexpr std::size_t max_origins = 16;

/// Parses a list of origins. Every fault becomes a problem whose `where` is the place within the
/// list, such as "[0].s3.bucket".
[[nodiscard]] std::vector<origin_settings> read_origins(const boost::json::value& from,
                                                        std::vector<operator_problem>& problems);

/// The same from text, as flags and environment variables contain it.
[[nodiscard]] std::vector<origin_settings> read_origins(std::string_view text,
                                                        std::vector<operator_problem>& problems);

/// The origins as JSON. Fields with their default value are left out.
[[nodiscard]] boost::json::value origins_to_json(std::span<const origin_settings> from);

/// The fields as a Markdown table, for the documentation.
[[nodiscard]] std::string origin_table();

/// Adds the problems of media.origins. The layouts are core/config/config_validate's.
void check_origins(const config& settings, std::vector<operator_problem>& out);

/// All origins with their layouts: those of media.origins, or the one that media.root stands for;
/// none when neither is set.
[[nodiscard]] std::vector<origin_settings> all_origins(const config::media_section& media);

/// The setting of number `i` of all_origins(): "media.origins[0]", or "media".
[[nodiscard]] std::string origin_place(const config::media_section& media, std::size_t i);

} // namespace sluice::core
