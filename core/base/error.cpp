#include "core/base/error.hpp"

#include "core/base/result.hpp"

#include <array>
#include <cstddef>
#include <stdexcept>
#include <string>

namespace sluice::core {

namespace {

constexpr std::array<std::string_view, 34> names{
    "parameter_missing",
    "parameter_repeated",
    "parameter_invalid",
    "parameter_not_applicable",
    "path_invalid",
    "query_invalid",
    "credential_missing",
    "credential_malformed",
    "token_malformed",
    "token_signature",
    "token_algorithm",
    "token_claims",
    "token_expired",
    "token_not_yet_valid",
    "token_revoked",
    "token_mismatch",
    "not_entitled",
    "user_banned",
    "issuer_closed",
    "issuer_credential_missing",
    "issuer_credential_refused",
    "issuer_key_invalid",
    "issuer_not_permitted",
    "rate_exceeded",
    "session_invalid",
    "session_expired",
    "session_mismatch",
    "too_many_bad_credentials",
    "media_not_found",
    "course_ambiguous",
    "media_unavailable",
    "store_unavailable",
    "session_keys_unavailable",
    "internal",
};
static_assert(names.size() == static_cast<std::size_t>(errc::internal) + 1);

} // namespace

std::string_view name_of(errc code) noexcept {
    return names[static_cast<std::size_t>(code)];
}

void throw_exception_from_error(const failure& why, const boost::source_location& where) {
    throw std::logic_error("unexamined failure " + std::string(name_of(why.code)) + " at " +
                           where.to_string());
}

} // namespace sluice::core
