#pragma once
// Which origins a browser may use this service from: an exact allow-list (Fetch standard;
// docs/security.md, threat 46).

#include <string>
#include <string_view>
#include <vector>

namespace sluice::http {

class cors_policy {
  public:
    /// `allowed`: exact serialised origins, or "*" for everybody. Empty: nobody.
    explicit cors_policy(std::vector<std::string> allowed);

    /// The value of Access-Control-Allow-Origin for `origin`: itself or "*", or empty when it is
    /// not allowed. Never a reflection of what is not on the list.
    [[nodiscard]] std::string_view allow(std::string_view origin) const noexcept;

    /// True when `origin` is on the list by name: "*" lets a page read, it does not vouch for it.
    [[nodiscard]] bool names(std::string_view origin) const noexcept;

  private:
    std::vector<std::string> allowed_;
    bool allows_all_ = false;
};

} // namespace sluice::http
