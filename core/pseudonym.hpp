#pragma once
// What the access log calls a user: the same name on every node and after every restart, and no way
// back from it to the id without the key.

#include "crypto/hmac_sha256.hpp"

#include <array>
#include <string_view>

namespace sluice::core {

class pseudonyms {
  public:
    /// Works with a key derived from `site`, so that no MAC it makes could ever be one of a token.
    explicit pseudonyms(const crypto::hmac_key& site);

    /// 16 hexadecimal digits: 64 bits, so many that no two users of a site share a name.
    [[nodiscard]] std::array<char, 16> of(std::string_view user_id) const noexcept;

  private:
    crypto::hmac_key key_;
};

} // namespace sluice::core
