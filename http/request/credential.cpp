#include "http/request/credential.hpp"

#include "core/text/ascii_case.hpp"

#include <algorithm>
#include <array>

namespace sluice::http {

namespace {

// RFC 6750 §2.1: b64token.
constexpr std::array<bool, 256> make_token_table() {
    std::array<bool, 256> allowed{};
    for (const char c : std::string_view("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                         "0123456789-._~+/=")) {
        allowed[static_cast<unsigned char>(c)] = true;
    }
    return allowed;
}
constexpr auto token_characters = make_token_table();

} // namespace

bool is_token_text(std::string_view text) noexcept {
    return !text.empty() && std::ranges::all_of(text, [](char c) {
        return token_characters[static_cast<unsigned char>(c)];
    });
}

core::result<std::string_view> bearer_text(std::optional<std::string_view> authorization) noexcept {
    constexpr std::string_view scheme = "Bearer ";
    if (!authorization) {
        return core::failure{core::errc::credential_missing};
    }
    if (authorization->size() < scheme.size() ||
        !core::iequals(authorization->substr(0, scheme.size()), scheme)) {
        return core::failure{core::errc::credential_malformed};
    }
    authorization->remove_prefix(scheme.size());
    authorization->remove_prefix(
        std::min(authorization->find_first_not_of(' '), authorization->size()));
    return *authorization;
}

core::result<std::string_view> read_bearer(std::optional<std::string_view> authorization) noexcept {
    const auto token = bearer_text(authorization);
    if (token && !is_token_text(*token)) {
        return core::failure{core::errc::credential_malformed};
    }
    return token;
}

} // namespace sluice::http
