#pragma once
// The questions of commands to an object store: whether it can serve media (`sluice config check`),
// and whether one file is there (`sluice token why`). The answers are sentences for the operator.
// Each waits for the store, for a bounded time. Used by app/start/start_checks and
// app/objects/object_inquiry.

#include "app/objects/object_list.hpp"
#include "core/base/operator_problem.hpp"
#include "core/config/config_origin.hpp"
#include "http/objects/object_origin.hpp"

#include <chrono>
#include <memory>
#include <string>
#include <string_view>

namespace sluice::app {

/// An origin with the credentials that a service would use, or the fault because of which it has
/// none.
struct prepared_origin {
    std::shared_ptr<http::object_origin> origin{}; // null: its file of authorities is of no use
    core::operator_problem fault{};                // of no text: there is none
    /// The fault is one of the setting that it names; false: it is the agent's.
    bool is_of_settings = false;
};

/// Makes the origin that `from`, the setting `place`, describes. Asks the agent of a container.
/// `patience` is that of a lookup.
[[nodiscard]] prepared_origin prepare_origin(const core::origin_settings& from,
                                             const std::string& place,
                                             std::chrono::milliseconds patience);

/// Lists the bucket and reads a byte of an object with the credentials of `origin`. Empty when both
/// succeed; otherwise a sentence for the operator.
[[nodiscard]] std::string try_object_origin(const core::origin_settings& settings,
                                            http::object_origin& origin);

/// What `got`, which is not good, says about the settings: a sentence without a full stop. `right`
/// is what the credentials were needed for: "list the bucket".
[[nodiscard]] std::string explain_refusal(const object_asker::answer& got,
                                          const core::origin_settings& settings,
                                          std::string_view right);

/// A sentence without a full stop when the store has rejected the clock of this machine; else
/// empty.
[[nodiscard]] std::string explain_clock(const http::object_origin& origin);

/// Asks for the first byte of the object `path` below the prefix. The outcome is done for an empty
/// object too.
[[nodiscard]] object_asker::answer ask_for_byte(object_asker& asker, std::string_view path);

} // namespace sluice::app
