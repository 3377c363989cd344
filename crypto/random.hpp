#pragma once
// Random bytes from OpenSSL's CSPRNG, and token identifiers made from them. Used by core and by
// crypto/siphash.

#include <array>
#include <cstddef>
#include <string>

namespace sluice::crypto {

/// Throws std::runtime_error when the generator fails: no token can be issued then.
[[nodiscard]] std::string random_bytes(std::size_t count);

/// 128 random bits as 22 base64url characters: a `jti`.
[[nodiscard]] std::string random_token_id();

/// A source of token ids for one thread that needs many. It calls OpenSSL once for 32 ids, because
/// the call costs more than the rest of a token. Bits are wiped when they are used, the rest on
/// destruction. After fork(), only one of the two processes may use it.
class token_id_source {
  public:
    token_id_source() = default;
    ~token_id_source();
    token_id_source(const token_id_source&) = delete;
    token_id_source& operator=(const token_id_source&) = delete;

    /// Replaces `out` by the next id. Throws like random_bytes().
    void next(std::string& out);

  private:
    std::array<char, 512> bits_{};
    std::size_t used_ = bits_.size();
};

} // namespace sluice::crypto
