#pragma once
// Looks up in the store, for a command, whether a user is banned. The service looks in its memory
// instead. Used by app/commands/token_command.

#include "core/access/access_store.hpp"

#include <chrono>
#include <string_view>

namespace sluice::app {

/// True when a revocation covers every token that could be issued to `user_id` at `now`.
[[nodiscard]] core::store_result<bool> is_banned(core::access_store& in, std::string_view user_id,
                                                 std::chrono::sys_seconds now);

} // namespace sluice::app
