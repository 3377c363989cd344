#pragma once
// The state of the service as text for a person, made from the JSON of the control socket. Asks
// nobody: app/status/control_client does. Used by app/commands/status_command.

#include "app/status/ink.hpp"

#include <boost/json/fwd.hpp>

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>

namespace sluice::app {

/// The bytes sent of each transfer, by its request id.
using sent_bytes = std::map<std::string, std::uint64_t, std::less<>>;

/// The earlier look with which `sluice top` compares.
struct earlier_look {
    sent_bytes sent;
    double seconds = 0; // since then
};

/// All of `sluice status`, with the first `rows` transfers. `state` is the object of
/// docs/status.schema.json; members that are missing or have another type are left out, so that
/// another version's answer can be shown.
[[nodiscard]] std::string status_text(const boost::json::object& state, std::size_t rows,
                                      ink with = ink());

/// One look of `sluice top`: a summary of a few lines, then the first `rows` transfers. The rates
/// are those since `before`, where it has the transfer; else the average.
[[nodiscard]] std::string top_text(const boost::json::object& state, const earlier_look& before,
                                   std::size_t rows, ink with = ink());

[[nodiscard]] sent_bytes sent_bytes_of(const boost::json::object& state);

/// "1.5 GiB", "17 B".
[[nodiscard]] std::string bytes_text(double bytes);
/// "8 s", "3 min", "2 h 5 min", "4 d 3 h".
[[nodiscard]] std::string age_text(double seconds);

} // namespace sluice::app
