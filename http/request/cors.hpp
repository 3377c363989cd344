#pragma once
// The CORS policy: an exact allow-list of origins, and the request fields that pages of these
// origins may send (Fetch standard; docs/security.md, threat 46). Not an authentication of the
// caller. Used by http/exchange and http/handlers/token_handler.hpp.

#include <string>
#include <string_view>
#include <vector>

namespace sluice::http {

class cors_policy {
  public:
    /// `allowed`: exact serialised origins, or "*" for all. Empty: none. `more_fields`: names of
    /// fields that pages may send in addition to the usual ones.
    explicit cors_policy(std::vector<std::string> allowed,
                         const std::vector<std::string>& more_fields = {});

    /// The value of Access-Control-Allow-Origin for `origin`: the origin itself or "*", or empty
    /// when it is not allowed. An origin that is not on the list is never reflected.
    [[nodiscard]] std::string_view allow(std::string_view origin) const noexcept;

    /// True when `origin` is on the list by name: "*" lets a page read responses, but does not make
    /// its origin trusted.
    [[nodiscard]] bool names(std::string_view origin) const noexcept;

    /// The value of Access-Control-Allow-Headers: the fields of a download, the fields that
    /// browsers and their tracing libraries add, and `more_fields`.
    [[nodiscard]] std::string_view fields() const noexcept { return fields_; }

    /// The same for the token endpoint, which also accepts an issuer key.
    [[nodiscard]] std::string_view token_fields() const noexcept { return token_fields_; }

  private:
    std::vector<std::string> allowed_;
    std::string fields_;
    std::string token_fields_;
    bool allows_all_ = false;
};

/// The value of the Origin field in `bytes`, the beginning of a request that may be incomplete or
/// malformed; empty unless exactly one whole line has that name. For error responses that are
/// written before there is a parsed head.
[[nodiscard]] std::string_view find_origin(std::string_view bytes) noexcept;

} // namespace sluice::http
