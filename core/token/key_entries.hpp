#pragma once
// Parses the text of a key file. core/token/key_file.hpp, the only user, opens and checks the file.
// Private to core's .cpp files.

#include "core/base/operator_problem.hpp"
#include "core/token/token_service.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace sluice::core {

/// The keys in the order of the file. All faults are added to `problems`, with `file` and the
/// number of the entry; the result is usable only when nothing was added. All parsed data lives in
/// memory that is wiped when freed; the caller must wipe `text` itself.
[[nodiscard]] std::vector<signing_key> parse_key_entries(std::string_view text,
                                                         const std::string& file,
                                                         std::vector<operator_problem>& problems);

} // namespace sluice::core
