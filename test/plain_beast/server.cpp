// A server in the style of Beast's documentation: a thread per connection, http::read, http::write,
// and no checks beyond the parser's. scripts/compare_strictness uses it to show the checks that
// this project adds. Takes no argument; prints its port.
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>

#include <iostream>
#include <thread>

namespace beast = boost::beast;
namespace bhttp = boost::beast::http;
namespace net = boost::asio;
using net::ip::tcp;

namespace {

bhttp::response<bhttp::string_body> answer(const bhttp::request<bhttp::string_body>& request) {
    const auto status =
        request.target() == "/healthz" ? bhttp::status::ok : bhttp::status::not_found;
    bhttp::response<bhttp::string_body> response(status, request.version());
    response.keep_alive(request.keep_alive());
    response.body() = "answered\n";
    response.prepare_payload();
    return response;
}

void serve(tcp::socket socket) {
    beast::flat_buffer buffer;
    beast::error_code ec;
    while (true) {
        bhttp::request<bhttp::string_body> request;
        bhttp::read(socket, buffer, request, ec);
        if (ec) {
            break;
        }
        const auto response = answer(request);
        bhttp::write(socket, response, ec);
        if (ec || response.need_eof()) {
            break;
        }
    }
    socket.shutdown(tcp::socket::shutdown_send, ec);
}

} // namespace

int main() {
    net::io_context context;
    tcp::acceptor acceptor(context, {net::ip::address_v4::loopback(), 0});
    std::cout << acceptor.local_endpoint().port() << std::endl;
    while (true) {
        std::thread(serve, acceptor.accept()).detach();
    }
}
