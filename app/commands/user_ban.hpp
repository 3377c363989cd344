#pragma once
// Asks the store, for a command, whether a user is banned. The service knows it from its memory.

#include "core/access/access_store.hpp"

#include <chrono>
#include <string_view>

namespace sluice::app {

/// True when a revocation holds against every token that `user_id` may be given at `now`.
[[nodiscard]] core::store_result<bool> is_banned(core::access_store& in, std::string_view user_id,
                                                 std::chrono::sys_seconds now);

} // namespace sluice::app
