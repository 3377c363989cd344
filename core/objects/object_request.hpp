#pragma once
// A request to an object store that speaks S3, signed with AWS Signature Version 4. Pure functions
// of their arguments: the clock and the credentials are the caller's. It sends nothing:
// http/objects does. Used by http/objects/object_origin.

#include "crypto/secret.hpp"

#include <chrono>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sluice::core {

/// What a store knows the service by. Never logged.
struct object_credentials {
    std::string access_key_id;
    crypto::secret secret_access_key;
    std::string session_token; // empty: none
};

/// The parts of a request that the signature covers. Range and conditions are not among them:
/// stores accept them unsigned, and a proxy in between may add its own.
struct object_request {
    std::string_view method;
    std::string_view host;  // the value of Host
    std::string_view path;  // as sent: object_path()
    std::string_view query; // as sent: object_query()
    std::string_view region;
    std::chrono::sys_seconds time; // by the store's clock
};

/// Field lines: names and values.
using object_fields = std::vector<std::pair<std::string, std::string>>;

/// The path of `key` in `bucket`: "/bucket/key", or "/key" when the bucket is empty because it is
/// part of the host. Each byte of the key but A-Z a-z 0-9 - . _ ~ / is percent-encoded once, with
/// upper-case digits; nothing is removed, so "a//b" and "a/../b" are keys of their own.
[[nodiscard]] std::string object_path(std::string_view bucket, std::string_view key);

/// The query of these parameters in the canonical order and encoding, without '?'.
[[nodiscard]] std::string object_query(std::vector<std::pair<std::string, std::string>> parameters);

/// The fields that sign `what`: X-Amz-Content-Sha256, X-Amz-Date, X-Amz-Security-Token if the
/// credentials have a session token, and Authorization.
[[nodiscard]] object_fields sign_object_request(const object_request& what,
                                                const object_credentials& by);

} // namespace sluice::core
