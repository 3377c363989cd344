#include "http/credential.hpp"

#include <boost/beast/core/string.hpp>

#include <algorithm>

namespace sluice::http {

namespace {

// RFC 6750 §2.1: b64token.
bool is_token_text(std::string_view text) noexcept {
    return !text.empty() && std::ranges::all_of(text, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               std::string_view("-._~+/=").find(c) != std::string_view::npos;
    });
}

} // namespace

core::result<std::string_view> read_bearer(std::optional<std::string_view> authorization) noexcept {
    constexpr std::string_view scheme = "Bearer ";
    if (!authorization) {
        return core::failure{core::errc::credential_missing};
    }
    if (authorization->size() < scheme.size() ||
        !boost::beast::iequals(authorization->substr(0, scheme.size()), scheme) ||
        !is_token_text(authorization->substr(scheme.size()))) {
        return core::failure{core::errc::credential_malformed};
    }
    return authorization->substr(scheme.size());
}

} // namespace sluice::http
