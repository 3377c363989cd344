#pragma once
// The keys and the stores in the answer of `sluice status`. Never a secret or a digest: names and
// times only. Used by app/service/generation.

#include "app/service/store_service.hpp"
#include "core/issuer/issuer_key.hpp"
#include "core/token/key_file.hpp"
#include "http/objects/object_origin.hpp"

#include <boost/json/fwd.hpp>

#include <chrono>
#include <cstdint>
#include <span>

namespace sluice::app {

/// Adds "signing_keys". `written` is the time of the key file, 0 without one; `grace` the longest
/// use of a token.
void add_signing_keys(const core::loaded_keys& keys, std::uint64_t written,
                      std::chrono::seconds grace, std::chrono::sys_seconds now,
                      boost::json::object& out);

/// Adds "issuer_keys". `keys` may be null.
void add_issuer_keys(const core::issuer_keys* keys, std::chrono::sys_seconds now,
                     boost::json::object& out);

/// Adds "object_stores".
void add_object_stores(std::span<const http::object_origin* const> all,
                       std::chrono::steady_clock::time_point now, boost::json::object& out);

/// Adds "store": null when there is none.
void add_store(const store_service* store, std::chrono::steady_clock::time_point now,
               boost::json::object& out);

} // namespace sluice::app
