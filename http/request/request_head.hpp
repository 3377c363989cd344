#pragma once
// The header section of one request, checked. Its members are views into the connection's read
// buffer, valid until the response has been sent. It contains no target parts:
// http/request/target.hpp splits the target. Made by http/request/request_parser.hpp; used by the
// router and the handlers.

#include "http/loop/asio.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::http {

struct field_line {
    bhttp::field id{}; // field::unknown for a name that Beast does not list
    std::string_view name;
    std::string_view value; // without leading and trailing white space
};

struct request_head {
    bhttp::verb method{};
    std::string_view target;
    unsigned version = 11; // 10 or 11
    bool keep_alive = false;
    bool has_content = false; // Content-Length above zero, or chunked and not empty
    bool is_chunked = false;
    bool expects_continue = false;
    std::string_view host; // a valid authority; empty on HTTP/1.0 without Host
    std::vector<field_line> fields;

    /// Resets the request and keeps the capacity.
    void clear() noexcept {
        host = {};
        fields.clear();
    }

    /// The value of the first line of that name; nullopt when there is none.
    [[nodiscard]] std::optional<std::string_view> value_of(bhttp::field id) const noexcept {
        for (const auto& line : fields) {
            if (line.id == id) {
                return line.value;
            }
        }
        return std::nullopt;
    }

    /// All lines of a list-based field as one value, joined by ", " in `scratch` when there are
    /// several (RFC 9110 §5.3).
    [[nodiscard]] std::optional<std::string_view> joined(bhttp::field id,
                                                         std::string& scratch) const;

    /// True when a line has this name. REQUIRES: a name that Beast does not list. Case-insensitive.
    [[nodiscard]] bool has_field(std::string_view name) const noexcept;
};

} // namespace sluice::http
