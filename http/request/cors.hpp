#pragma once
// Which origins a browser may use this service from, an exact allow-list, and which request fields
// their pages may send (Fetch standard; docs/security.md, threat 46). Used by http/exchange and the
// sessions.

#include <string>
#include <string_view>
#include <vector>

namespace sluice::http {

class cors_policy {
  public:
    /// `allowed`: exact serialised origins, or "*" for everybody. Empty: nobody. `more_fields`:
    /// names of fields that pages may send besides the usual ones.
    explicit cors_policy(std::vector<std::string> allowed,
                         const std::vector<std::string>& more_fields = {});

    /// The value of Access-Control-Allow-Origin for `origin`: itself or "*", or empty when it is
    /// not allowed. Never a reflection of what is not on the list.
    [[nodiscard]] std::string_view allow(std::string_view origin) const noexcept;

    /// True when `origin` is on the list by name: "*" lets a page read, it does not vouch for it.
    [[nodiscard]] bool names(std::string_view origin) const noexcept;

    /// The value of Access-Control-Allow-Headers: what a download takes, what browsers and their
    /// tracing libraries add, and `more_fields`.
    [[nodiscard]] std::string_view fields() const noexcept { return fields_; }

    /// The same of the token endpoint, which takes an issuer key as well.
    [[nodiscard]] std::string_view token_fields() const noexcept { return token_fields_; }

  private:
    std::vector<std::string> allowed_;
    std::string fields_;
    std::string token_fields_;
    bool allows_all_ = false;
};

/// The value of the Origin field in `bytes`, the beginning of a request that may be incomplete or
/// malformed; empty unless exactly one whole line has that name. For refusals that are written
/// before there is a parsed head.
[[nodiscard]] std::string_view find_origin(std::string_view bytes) noexcept;

} // namespace sluice::http
