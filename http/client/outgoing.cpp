#include "http/client/outgoing.hpp"

#include "core/text/ascii_case.hpp"
#include "core/text/ascii_class.hpp"

#include <boost/beast/http/verb.hpp>

#include <algorithm>
#include <array>
#include <string_view>

namespace sluice::http {

namespace {

constexpr std::array<std::string_view, 5> ours{"Host", "Content-Length", "Connection",
                                               "Transfer-Encoding", "Expect"};

bool is_token(std::string_view text) {
    static constexpr std::string_view marks = "!#$%&'*+-.^_`|~"; // RFC 9110 §5.6.2
    return !text.empty() && std::ranges::all_of(text, [](char c) {
        return core::is_ascii_alphanumeric(c) || marks.find(c) != std::string_view::npos;
    });
}

bool is_value(std::string_view text) {
    return std::ranges::none_of(text, [](char c) {
        const auto code = static_cast<unsigned char>(c);
        return code < ' ' || code == 0x7F;
    });
}

bool is_target(std::string_view text) {
    return text.starts_with('/') &&
           std::ranges::all_of(text, [](char c) { return c > ' ' && c < '\x7F' && c != '#'; });
}

bool has_length(const outgoing& what) {
    return !what.content.empty() || what.method == bhttp::verb::post ||
           what.method == bhttp::verb::put;
}

} // namespace

std::string text_of(const outgoing& what) {
    const auto method = bhttp::to_string(what.method);
    std::string text(method.data(), method.size());
    text.append(" ").append(what.to.target).append(" HTTP/1.1\r\nHost: ");
    text.append(what.to.authority()).append("\r\n");
    for (const auto& [name, value] : what.fields) {
        text.append(name).append(": ").append(value).append("\r\n");
    }
    if (has_length(what)) {
        text.append("Content-Length: ").append(std::to_string(what.content.size())).append("\r\n");
    }
    return text.append("\r\n").append(what.content);
}

bool is_well_formed(const outgoing& what) {
    return what.method != bhttp::verb::unknown && what.method != bhttp::verb::connect &&
           is_target(what.to.target) && std::ranges::all_of(what.fields, [](const auto& field) {
               return is_token(field.first) && is_value(field.second) &&
                      std::ranges::none_of(ours, [&](std::string_view name) {
                          return core::iequals(name, field.first);
                      });
           });
}

bool is_idempotent(bhttp::verb method) noexcept {
    switch (method) {
    case bhttp::verb::get:
    case bhttp::verb::head:
    case bhttp::verb::put:
    case bhttp::verb::delete_:
    case bhttp::verb::options:
        return true;
    default:
        return false;
    }
}

} // namespace sluice::http
