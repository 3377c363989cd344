#pragma once
// Key material that is wiped on destruction and cannot be printed, logged or compared with ==. It
// does not sign: crypto/hmac_sha256 does. Used by crypto, core and app.

#include "crypto/secret_memory.hpp"

#include <cstddef>
#include <string_view>
#include <vector>

namespace sluice::crypto {

/// Overwrites `size` bytes at `data` in a way that no optimiser removes.
void wipe(void* data, std::size_t size) noexcept;

/// Owns secret bytes; move-only; wiped on destruction and on being moved from. There is no
/// operator<<, no operator== and no implicit conversion; reveal() is easy to grep for.
class secret {
  public:
    secret() = default;
    explicit secret(std::string_view bytes);
    secret(secret&& other) noexcept;
    secret& operator=(secret&& other) noexcept;
    secret(const secret&) = delete;
    secret& operator=(const secret&) = delete;
    ~secret();

    [[nodiscard]] std::size_t size() const noexcept { return bytes_.size(); }
    [[nodiscard]] std::string_view reveal() const noexcept {
        return {bytes_.data(), bytes_.size()};
    }

  private:
    // Not a string: moving a short string leaves its bytes behind.
    std::vector<char, secret_allocator<char>> bytes_;
};

} // namespace sluice::crypto
