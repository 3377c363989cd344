#pragma once
// The short names this layer gives Asio and Beast, and the concrete executor of every connection:
// one io_context per thread, so no type-erased executor and no strand on the hot path.

#include "core/base/unique_fd.hpp"

#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/http/field.hpp>
#include <boost/beast/http/status.hpp>
#include <boost/beast/http/verb.hpp>
#include <boost/system/error_code.hpp>

namespace sluice::http {

namespace net = boost::asio;
namespace beast = boost::beast;
namespace bhttp = boost::beast::http;

using error_code = boost::system::error_code;
using tcp = net::ip::tcp;
/// Of TCP or of a unix socket.
using stream_socket =
    net::basic_stream_socket<net::generic::stream_protocol, net::io_context::executor_type>;

/// Of `descriptor`, which is one of either. Throws boost::system::system_error.
inline stream_socket make_stream_socket(net::io_context& context, core::unique_fd descriptor) {
    stream_socket socket(context.get_executor());
    socket.assign(net::generic::stream_protocol(0, 0), descriptor.get());
    descriptor.release();
    return socket;
}

} // namespace sluice::http
