#pragma once
// The transfers of a worker as an operator sees them: who receives which file, how far it is and
// what it waits for. Made only when somebody asks (worker::report_transfers), from what the session
// has anyway; a request costs nothing more. Only a file without a descriptor has a path: that of an
// open file is the kernel's to tell. Used by http/connection/worker.hpp and app/status.

#include "core/media/media_store.hpp"
#include "http/telemetry/metrics.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace sluice::http {

struct outbound;

/// A response under way. Valid on the worker's thread, until the session runs again.
struct transfer_view {
    const outbound* what = nullptr; // null: none
    connection_state waits_for = connection_state::idle;
};

/// One transfer.
struct transfer_facts {
    core::media_handle media;
    std::string origin;  // of a file without a descriptor; else empty
    std::string path;    // likewise, in the origin
    std::string user_id; // the id itself: not for an answer
    std::string request_id;
    std::chrono::steady_clock::time_point started{};
    std::uint64_t sent = 0;   // bytes of the response handed to the kernel, header included
    std::uint64_t length = 0; // of the response
    connection_state waits_for = connection_state::idle;
};

struct transfer_report {
    std::vector<transfer_facts> oldest; // the oldest first
    std::uint64_t more = 0;             // transfers beyond these
};

/// True when the response is sent from a file.
[[nodiscard]] bool is_of_file(const transfer_view& one) noexcept;

/// Describes the `most` oldest of `all`, which are of files.
[[nodiscard]] transfer_report describe_oldest(std::vector<transfer_view> all, std::size_t most);

} // namespace sluice::http
