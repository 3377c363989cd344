#pragma once
// Parses the query of the token endpoint (docs/api.md §1) into the types of core. Decides nothing
// about permissions. Used by http/handlers/token_handler.hpp and http/handlers/mint_audit.hpp.

#include "core/media/media_id.hpp"
#include "http/request/query.hpp"

#include <chrono>
#include <optional>
#include <string_view>

namespace sluice::http {

/// A request for a token. Its members are views into the query_parameters it was read from.
struct mint_request {
    core::media_id media;
    std::string_view user_id;
    std::optional<std::chrono::seconds> ttl;    // as requested, not clamped
    std::optional<std::chrono::seconds> resume; // likewise
};

/// Fails with parameter_missing, _repeated, _invalid or _not_applicable, and the parameter's name.
[[nodiscard]] core::result<mint_request> read_mint_request(const query_parameters& query);

/// The number of unknown parameters. They are ignored, but counted.
[[nodiscard]] std::size_t count_unknown(const query_parameters& query) noexcept;

} // namespace sluice::http
