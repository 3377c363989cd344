#pragma once
// The short names this layer gives Asio and Beast, and the concrete executor of every connection:
// one io_context per thread, so no type-erased executor and no strand on the hot path.

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

} // namespace sluice::http
