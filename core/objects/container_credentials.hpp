#pragma once
// The credentials in the response of an agent for containers (Amazon ECS, EKS Pod Identity), and
// the addresses of agents. Pure functions; it asks nobody: app/objects/container_agent does. Used
// by app/objects/container_agent and app/objects/credentials_feed.

#include "core/address/http_url.hpp"
#include "core/objects/object_request.hpp"

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace sluice::core {

/// Most bytes of a response of the agent, and of a token that it is asked with.
inline constexpr std::size_t max_container_response_bytes = 65536;
inline constexpr std::size_t max_container_token_bytes = 8192;

/// The URL of the agent, from the values of AWS_CONTAINER_CREDENTIALS_RELATIVE_URI and
/// AWS_CONTAINER_CREDENTIALS_FULL_URI; the first wins. nullopt without a fault when both are empty.
/// http:// is accepted for loopback and for the addresses of the agents of Amazon: whoever is
/// between could read the credentials. Otherwise `fault` is a clause whose subject is the
/// environment's variable, which it names. It does not repeat the value, which may be a secret.
[[nodiscard]] std::optional<http_url>
container_agent_url(std::string_view relative, std::string_view full, std::string& fault);

/// Empty when `token` can be the value of a field; otherwise a clause.
[[nodiscard]] std::string check_container_token(std::string_view token);

struct expiring_credentials {
    object_credentials by;
    std::chrono::sys_seconds ends{};
};

/// Reads {"AccessKeyId", "SecretAccessKey", "Token", "Expiration"}. An agent for a store without
/// session tokens may leave out Token. A clause without the content on failure, also when the
/// credentials have ended.
[[nodiscard]] std::string parse_container_credentials(std::string_view text,
                                                      std::chrono::sys_seconds now,
                                                      expiring_credentials& out);

/// How long credentials that end in `life` are used before new ones are fetched: until 5 minutes
/// before their end, or for half of `life` if that is longer. At least a second.
[[nodiscard]] std::chrono::seconds time_to_renew(std::chrono::seconds life) noexcept;

} // namespace sluice::core
