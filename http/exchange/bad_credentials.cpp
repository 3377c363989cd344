#include "http/exchange/bad_credentials.hpp"

namespace sluice::http {

namespace {

// Failures that no caller with an issued credential can cause. A credential that has expired, was
// revoked or is for another file is not among them.
bool is_bad(core::errc why) noexcept {
    switch (why) {
    case core::errc::credential_malformed:
    case core::errc::token_malformed:
    case core::errc::token_signature:
    case core::errc::token_algorithm:
    case core::errc::token_claims:
    case core::errc::issuer_credential_refused:
    case core::errc::issuer_key_invalid:
    case core::errc::session_invalid:
        return true;
    default:
        return false;
    }
}

} // namespace

bool bad_credentials::is_counted(const request& in) const noexcept {
    // Without an address the request came over a unix socket, from a proxy that does not name the
    // client.
    return in.peer->ip != core::ip_address{} && !core::contains(with_.uncounted, in.peer->ip);
}

bool bad_credentials::are_too_many(const request& in) const noexcept {
    return rates_.is_over(in.peer->ip, with_.rate, in.steady_now) && is_counted(in);
}

core::failure bad_credentials::judge(core::failure why, const request& in, reply& out) const {
    const bool is_told_so = why.code == core::errc::too_many_bad_credentials;
    if (!is_told_so && (!is_bad(why.code) || !is_counted(in) ||
                        rates_.take(in.peer->ip, with_.rate, in.steady_now))) {
        return why;
    }
    out.count().add_limit(limit_label::bad_credentials);
    return {core::errc::too_many_bad_credentials};
}

} // namespace sluice::http
