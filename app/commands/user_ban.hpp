#pragma once
// Looks up in the store, for a command, whether a user is banned or a token revoked. The service
// looks in its memory instead. Used by app/commands/token_command and token_why.

#include "core/access/access_store.hpp"
#include "core/token/claims.hpp"

#include <chrono>
#include <optional>
#include <string_view>

namespace sluice::app {

/// True when a revocation covers every token that could be issued to `user_id` at `now`.
[[nodiscard]] core::store_result<bool> is_banned(core::access_store& in, std::string_view user_id,
                                                 std::chrono::sys_seconds now);

/// The first revocation that covers a verified token with these claims at `now`.
[[nodiscard]] core::store_result<std::optional<core::placed_revocation>>
find_revocation(core::access_store& in, const core::claims& of, std::chrono::sys_seconds now);

} // namespace sluice::app
