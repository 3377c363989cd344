#pragma once
// The text of a key file, parsed. Opening and judging the file is core/token/key_file.hpp. Private
// to core's .cpp files.

#include "core/base/operator_problem.hpp"
#include "core/token/token_service.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace sluice::core {

/// The keys in the order of the file. Whatever is wrong is added to `problems`, all of it at once,
/// with `file` and the number of the entry; the result is of use only when nothing was added.
/// Everything parsed lives in memory that is wiped when given back; `text` itself is the caller's
/// to wipe.
[[nodiscard]] std::vector<signing_key> parse_key_entries(std::string_view text,
                                                         const std::string& file,
                                                         std::vector<operator_problem>& problems);

} // namespace sluice::core
