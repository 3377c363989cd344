#include "http/sending/file_body.hpp"

#include <cerrno>
#include <cstring>

namespace sluice::http {

std::string_view file_body::fault_of(error_code ec) noexcept {
    switch (ec.value()) {
    case 0:
        return "file_ended";
    case EPIPE:
    case ECONNRESET:
    case ECONNABORTED:
    case ENOTCONN:
    case ETIMEDOUT:
    case EHOSTUNREACH:
    case ENETUNREACH:
    case ENETDOWN:
        return {};
    default:
        break;
    }
    const char* const name = ::strerrorname_np(ec.value());
    return ec.category() != boost::system::system_category() || name == nullptr ? "" : name;
}

} // namespace sluice::http
