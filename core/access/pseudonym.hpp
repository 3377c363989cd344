#pragma once
// What the access log calls a user: the same name on every node and after every restart, and no way
// back from it to the id without the key.

#include "crypto/hmac_sha256.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace sluice::core {

/// What the access log says of the user that a token names.
enum class logged_user : std::uint8_t {
    hash,  // a pseudonym (pseudonyms)
    plain, // the id itself
    off,   // nothing
};

class pseudonyms {
  public:
    /// Works with a key derived from `site`, so that no MAC it makes could ever be one of a token.
    explicit pseudonyms(const crypto::hmac_key& site);

    /// 16 hexadecimal digits: 64 bits, so many that no two users of a site share a name.
    [[nodiscard]] std::array<char, 16> of(std::string_view user_id) const noexcept;

    /// Differs where the key does.
    [[nodiscard]] std::array<char, 16> fingerprint() const noexcept { return fingerprint_; }

  private:
    crypto::hmac_key key_;
    std::array<char, 16> fingerprint_;
};

/// Names that were asked for lately: who downloads asks more than once, and a MAC costs as much as
/// the rest of a log line. Of fixed size. One thread.
class pseudonym_cache {
  public:
    /// names.of(user_id). A user_id is never empty.
    [[nodiscard]] std::array<char, 16> of(std::string_view user_id,
                                          const pseudonyms& names) noexcept;

  private:
    struct entry {
        std::array<char, 47> user_id{}; // longer ones are not kept
        std::uint8_t size = 0;          // 0: none
        std::array<char, 16> name{};
    };
    static constexpr std::size_t entries = 256; // one place for each hash

    std::array<entry, entries> entries_{};
    std::array<char, 16> fingerprint_{}; // of the key that they are of
};

} // namespace sluice::core
