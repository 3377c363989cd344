#pragma once
// An absolute URL of http or https, as an operator writes it, cut into what a client needs: whom to
// connect to and what to ask for. Connects to nothing and resolves no names. Used by
// core/config/config_validate, http/client and app/jwks/jwks_source.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace sluice::core {

struct http_url {
    bool is_secure = false;
    std::string host; // in lower case: a name, or a numeric address without brackets
    std::uint16_t port = 0;
    std::string target; // path and query (RFC 9112 §3.2.1); begins with '/'

    /// The value of Host: the host, in brackets where it is an IPv6 address, and a port that is not
    /// the default one.
    [[nodiscard]] std::string authority() const;
    /// The scheme and the authority: "https://host" or "http://host:8080".
    [[nodiscard]] std::string base() const;
    /// True for "localhost" and numeric loopback addresses.
    [[nodiscard]] bool is_loopback() const;

    friend bool operator==(const http_url&, const http_url&) = default;
};

/// nullopt unless `text` is scheme://host[:port][/path][?query]. A user, a password or a fragment
/// is rejected, and so is every character that a URL must encode. `fault` then says what is wrong,
/// as a clause, and never repeats the text.
[[nodiscard]] std::optional<http_url> parse_http_url(std::string_view text, std::string& fault);

} // namespace sluice::core
