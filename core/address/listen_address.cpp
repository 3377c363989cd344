#include "core/address/listen_address.hpp"

#include <algorithm>

namespace sluice::core {

namespace {

constexpr std::string_view unix_prefix = "unix:";
constexpr std::string_view systemd_word = "systemd";

// systemd.socket(5), FileDescriptorName=: no control characters, no ":", at most 255 bytes.
bool is_descriptor_name(std::string_view name) noexcept {
    return !name.empty() && name.size() <= 255 &&
           std::ranges::all_of(name, [](char c) { return c > ' ' && c <= '~' && c != ':'; });
}

} // namespace

std::optional<listen_address> parse_listen_address(std::string_view text) {
    if (text.starts_with(unix_prefix)) {
        const auto path = text.substr(unix_prefix.size());
        if (path.size() < 2 || path.size() > max_unix_path || path[0] != '/' ||
            path.back() == '/' || path.find('\0') != std::string_view::npos) {
            return std::nullopt;
        }
        return unix_path{std::string(path)};
    }
    if (text == systemd_word) {
        return passed_socket{};
    }
    if (text.starts_with(systemd_word) && text[systemd_word.size()] == ':') {
        const auto name = text.substr(systemd_word.size() + 1);
        return is_descriptor_name(name)
                   ? std::optional<listen_address>(passed_socket{std::string(name)})
                   : std::nullopt;
    }
    if (auto tcp = parse_host_port(text)) {
        return *std::move(tcp);
    }
    return std::nullopt;
}

} // namespace sluice::core
