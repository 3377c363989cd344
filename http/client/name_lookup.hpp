#pragma once
// Finds the addresses of a host name. The C library's resolver blocks, for minutes when its servers
// do not answer, and cannot be cancelled. So each look-up has a thread of its own, which shares
// nothing with the caller but the answer: the caller stops waiting when its time is up, and the
// process ends without the thread. Asio's resolver is not used, because its thread is joined when
// the io_context is destroyed. Used by http/client/call_flow.

#include "http/client/call_result.hpp"
#include "http/loop/asio.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace sluice::http {

/// On the thread of `context`, which outlives it.
class name_lookup {
  public:
    using handler = std::function<void(call_result<std::vector<tcp::endpoint>>)>;

    /// Most threads at once. When so many hang, further look-ups fail at once.
    static constexpr unsigned max_threads = 8;
    /// Most callers that wait for one name.
    static constexpr std::size_t max_waiting = 4096;
    /// An answer is used again for so long.
    static constexpr std::chrono::seconds life{5};

    explicit name_lookup(net::io_context& context);
    ~name_lookup();
    name_lookup(const name_lookup&) = delete;
    name_lookup& operator=(const name_lookup&) = delete;

    /// `then` gets the addresses in the resolver's order, or call_fault::name. It is called at once
    /// for a numeric address, a known name and a failure, and never when this object has been
    /// destroyed. Callers that ask for one name at the same time share a look-up. There is no
    /// deadline: the caller has one.
    void find(const std::string& host, std::uint16_t port, handler then);
    /// Asks the resolver again next time: no address of `host` accepted a connection.
    void forget(const std::string& host);

  private:
    struct state;
    std::shared_ptr<state> state_; // waits refer to it
};

} // namespace sluice::http
