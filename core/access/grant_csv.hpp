#pragma once
// Grants as a CSV table: the format that `sluice grant import` reads and `sluice grant list`
// writes. The rules of CSV itself are in core/text/csv_reader.hpp. Used by
// app/commands/grant_command.

#include "core/access/grant.hpp"
#include "core/text/csv_reader.hpp"

#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace sluice::core {

/// user_id,trainer_id,course_id,module_id,lesson_id,not_before,not_after
extern const std::string_view grant_csv_header;

/// The first line names the columns, in any order; user_id is required, others may be missing.
/// csv_reader detects the separator; a fault names the separator and the column. Times are those of
/// core/text/timestamp.hpp. Each grant has passed check(); of two grants for the same user and
/// target, the later one applies, as if they had been added one by one.
[[nodiscard]] std::variant<std::vector<grant>, csv_fault> parse_grants(std::string_view csv);

/// One line, with its line break.
void append_csv(const grant& one, std::string& out);

} // namespace sluice::core
