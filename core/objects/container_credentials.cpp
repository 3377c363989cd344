#include "core/objects/container_credentials.hpp"

#include "core/address/ip_address.hpp"
#include "core/files/secret_file.hpp"
#include "core/json/json_object_reader.hpp"
#include "core/objects/credentials_file.hpp"
#include "core/text/ascii_class.hpp"
#include "core/text/timestamp.hpp"

#include <algorithm>
#include <array>

namespace sluice::core {

namespace {

using std::chrono::seconds;
using std::chrono::sys_seconds;

constexpr std::string_view relative_name = "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI ";
constexpr std::string_view full_name = "AWS_CONTAINER_CREDENTIALS_FULL_URI ";
constexpr std::string_view agent_of_ecs = "http://169.254.170.2";
constexpr std::array<std::string_view, 3> agents{"169.254.170.2", "169.254.170.23", "fd00:ec2::23"};

bool is_agent(const http_url& url) {
    const auto address = parse_ip_address(url.host);
    return address && std::ranges::any_of(agents, [&](std::string_view each) {
               return parse_ip_address(each) == address;
           });
}

std::optional<http_url> read_url(std::string_view name, const std::string& text,
                                 std::string& fault) {
    auto url = parse_http_url(text, fault);
    if (!url) {
        fault.insert(0, name);
    } else if (!url->is_secure && !url->is_loopback() && !is_agent(*url)) {
        fault = std::string(name) + "must begin with https://, unless its host is this machine, "
                                    "169.254.170.2, 169.254.170.23 or [fd00:ec2::23]";
        url.reset();
    }
    return url;
}

// Without the fraction of a second, which parse_timestamp() does not read.
std::optional<sys_seconds> read_time(std::string text) {
    if (const auto point = text.find('.'); point != std::string::npos) {
        const auto end = std::find_if_not(text.begin() + static_cast<std::ptrdiff_t>(point) + 1,
                                          text.end(), is_ascii_digit);
        const auto first = text.begin() + static_cast<std::ptrdiff_t>(point);
        if (end == first + 1) {
            return std::nullopt;
        }
        text.erase(first, end);
    }
    const auto found = text.find('T') == std::string::npos ? std::nullopt : parse_timestamp(text);
    return found ? std::optional(sys_seconds(seconds(*found))) : std::nullopt;
}

} // namespace

std::optional<http_url> container_agent_url(std::string_view relative, std::string_view full,
                                            std::string& fault) {
    fault.clear();
    if (!relative.empty()) {
        if (!relative.starts_with('/')) {
            fault = std::string(relative_name) + "must begin with /";
            return std::nullopt;
        }
        return read_url(relative_name, std::string(agent_of_ecs) + std::string(relative), fault);
    }
    return full.empty() ? std::nullopt : read_url(full_name, std::string(full), fault);
}

std::string check_container_token(std::string_view token) {
    if (token.empty() || token.size() > max_container_token_bytes) {
        return "has no usable token: it must have 1 to " +
               std::to_string(max_container_token_bytes) + " bytes";
    }
    const bool is_text = std::ranges::all_of(token, [](char c) { return c >= ' ' && c < '\x7f'; });
    return is_text ? std::string() : "has a token with a control character, or not of ASCII";
}

std::string parse_container_credentials(std::string_view text, sys_seconds now,
                                        expiring_credentials& out) {
    if (text.size() > max_container_response_bytes) {
        return "has more than " + std::to_string(max_container_response_bytes) + " bytes";
    }
    wiped_text id;
    wiped_text secret;
    wiped_text token;
    std::string expiration;
    const std::array members{
        json_member{.name = "AccessKeyId", .destination = &id.text},
        json_member{.name = "SecretAccessKey", .destination = &secret.text},
        json_member{.name = "Token", .destination = &token.text, .null_is_absent = true},
        json_member{.name = "Expiration", .destination = &expiration}};
    if (const auto read = read_json_object(text, members, errc::internal); !read) {
        const auto member = std::string(read.error().subject);
        return member.empty() ? "is not a JSON object"
                              : "has a member \"" + member +
                                    "\" that is not a text, is empty, or is there twice";
    }
    if (id.text.empty() || secret.text.empty() || expiration.empty()) {
        return std::string("has no member \"") +
               (id.text.empty()       ? "AccessKeyId"
                : secret.text.empty() ? "SecretAccessKey"
                                      : "Expiration") +
               "\"";
    }
    const auto ends = read_time(std::move(expiration));
    if (!ends) {
        return "has an \"Expiration\" that is not a time of RFC 3339, such as 2026-01-01T00:00:00Z";
    }
    if (*ends <= now) {
        return "has credentials that ended at " +
               format_timestamp(ends->time_since_epoch().count()) +
               ": check the clock of this machine, and the agent";
    }
    out.ends = *ends;
    return make_credentials(id.text, secret.text, token.text, out.by);
}

seconds time_to_renew(seconds life) noexcept {
    constexpr auto margin = std::chrono::minutes(5);
    return std::max({life / 2, life - margin, seconds(1)});
}

} // namespace sluice::core
