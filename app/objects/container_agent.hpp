#pragma once
// Asks the agent of a container for the credentials of an object store: the environment says where
// it is and what it is asked with. Waits for the response: for a thread of its own, and for
// commands. It keeps nothing: app/objects/credentials_feed does. Used by that and by
// app/objects/object_check.

#include "core/base/clock.hpp"
#include "core/config/config_origin.hpp"
#include "core/objects/container_credentials.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace sluice::app {

/// The value of a variable of the environment; empty when it is not set.
[[nodiscard]] std::string environment_variable(const char* name);

struct container_agent {
    core::http_url url;
    std::string place{};      // scheme and authority, for messages: the path may be a secret
    std::string token{};      // AWS_CONTAINER_AUTHORIZATION_TOKEN
    std::string token_file{}; // AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE, which wins
};

/// The agent that the environment names. nullopt without a fault when the credentials come from
/// s3.credentials_file or AWS_ACCESS_KEY_ID, or no agent is named. `fault` is a sentence whose
/// subject is s3.credentials_file.
[[nodiscard]] std::optional<container_agent> find_container_agent(const core::origin_settings& of,
                                                                  std::string& fault);

struct agent_answer {
    std::string fault{}; // a sentence without secrets; empty: there are credentials
    std::shared_ptr<const core::object_credentials> by{};
    std::chrono::sys_seconds ends{};
};

/// Fetches credentials, with the token as it is now. Given up when `is_over` returns true, and
/// after 15 s.
[[nodiscard]] agent_answer ask_container_agent(const container_agent& from, const core::clock& time,
                                               const std::function<bool()>& is_over);

} // namespace sluice::app
