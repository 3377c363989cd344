#pragma once
// The text that `sluice serve` prints on a terminal after the start: version, addresses, media,
// keys, the callers that get tokens, and the parts that are off. It is not the service log: that
// has the same facts as events, when standard error is not a terminal. Used by app/start/serve.

#include "core/config/config.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace sluice::app {

/// The facts of a running service that are not in its settings.
struct start_facts {
    std::vector<std::string> addresses; // of the main listeners, in their order: "127.0.0.1:8080"
    std::vector<std::string> metrics;   // of metrics.listen; empty: on the main listener
    std::vector<std::string> keys;      // the names of the signing keys; the first signs
    bool ephemeral = false;             // the key is a random one
    std::size_t courses = 0;
    std::size_t trainers = 0;
};

/// Several lines, each with its line break.
[[nodiscard]] std::string start_summary(const core::config& settings, const start_facts& facts);

} // namespace sluice::app
