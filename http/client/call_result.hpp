#pragma once
// How a call to another server failed, as a value. The status of a response is no failure here: the
// caller judges it. Used throughout http/client, and by its callers.

#include <boost/system/result.hpp>

#include <cstdint>
#include <string>

namespace sluice::http {

/// A failed call. `cause` is for the operator's log: it names hosts and addresses, and never holds
/// bytes that the other server sent.
struct call_fault {
    enum class kind : std::uint8_t {
        name,      // the host name has no address, or the resolver does not answer
        connect,   // no address accepts a connection
        tls,       // no secure connection: the certificate, or the protocol
        timeout,   // the server did not answer, or stopped in the middle
        closed,    // the connection was closed before the response was complete
        malformed, // not HTTP/1.1, or framing that is not trusted
        too_large, // a head or content above its limit
    };
    kind what = kind::connect;
    std::string cause;
};

template <class T>
using call_result = boost::system::result<T, call_fault>;

} // namespace sluice::http
