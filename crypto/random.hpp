#pragma once
// Random bytes from OpenSSL's CSPRNG.

#include <array>
#include <cstddef>
#include <string>

namespace sluice::crypto {

/// Throws std::runtime_error when the generator fails: nothing sensible can be issued then.
[[nodiscard]] std::string random_bytes(std::size_t count);

/// 128 random bits as 22 base64url characters: a `jti`.
[[nodiscard]] std::string random_token_id();

/// The same for one thread that needs many: OpenSSL is asked once for 32 of them, because asking
/// costs more than all else in a token. Bits are wiped as they are used, and the rest at the end. A
/// process that forks must not use one on both sides.
class token_id_source {
  public:
    token_id_source() = default;
    ~token_id_source();
    token_id_source(const token_id_source&) = delete;
    token_id_source& operator=(const token_id_source&) = delete;

    /// Puts the next one in place of `out`. Throws like random_bytes().
    void next(std::string& out);

  private:
    std::array<char, 512> bits_{};
    std::size_t used_ = bits_.size();
};

} // namespace sluice::crypto
