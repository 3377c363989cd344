#pragma once
// Counts of the clients of one server: their connections and requests. Any number of threads count,
// and any may read. Used by http/client and by http/objects/object_origin, which
// shows them.

#include <atomic>
#include <cstdint>

namespace sluice::http {

struct client_counts {
    std::atomic<std::uint64_t> opened{0};   // connections
    std::atomic<std::uint64_t> reused{0};   // requests on a connection that had been idle
    std::atomic<std::uint64_t> repeated{0}; // requests whose idle connection was closed
    std::atomic<std::uint64_t> open{0};     // connections now, idle ones included
    std::atomic<std::uint64_t> idle{0};     // likewise, without a request
};

} // namespace sluice::http
