#pragma once
// Short names for Asio and Beast in this layer, and the concrete executor of every connection: each
// thread has one io_context, so the hot path needs no type-erased executor and no strand. It has no
// loop of its own: http/connection/worker does. Used throughout http.

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
/// A socket of TCP or of a unix socket.
using stream_socket =
    net::basic_stream_socket<net::generic::stream_protocol, net::io_context::executor_type>;

/// Makes a stream_socket of `descriptor`, a TCP or unix socket. Throws boost::system::system_error.
inline stream_socket make_stream_socket(net::io_context& context, core::unique_fd descriptor) {
    stream_socket socket(context.get_executor());
    socket.assign(net::generic::stream_protocol(0, 0), descriptor.get());
    descriptor.release();
    return socket;
}

} // namespace sluice::http
