#pragma once
// Pseudonyms of users for the access log: the same on every node and after every restart. Without
// the key, a pseudonym cannot be traced back to the user id. Used by http/exchange/access_log.

#include "crypto/hmac_sha256.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace sluice::core {

/// The form in which the access log shows the user of a token.
enum class logged_user : std::uint8_t {
    hash,  // a pseudonym (pseudonyms)
    plain, // the id itself
    off,   // nothing
};

class pseudonyms {
  public:
    /// Uses a key derived from `site`, so that none of its MACs is ever valid for a token.
    explicit pseudonyms(const crypto::hmac_key& site);

    /// 16 hexadecimal digits: 64 bits, enough that no two users of a site share a name.
    [[nodiscard]] std::array<char, 16> of(std::string_view user_id) const noexcept;

    /// Differs when the key differs.
    [[nodiscard]] std::array<char, 16> fingerprint() const noexcept { return fingerprint_; }

  private:
    crypto::hmac_key key_;
    std::array<char, 16> fingerprint_;
};

/// A cache of recent pseudonyms: a download takes several requests, and a MAC costs as much as the
/// rest of a log line. Fixed size. For one thread.
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
    std::array<char, 16> fingerprint_{}; // of the key that made these names
};

} // namespace sluice::core
