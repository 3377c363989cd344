#include "crypto/hmac_sha256.hpp"

#include "crypto/secret.hpp"
#include "crypto/secret_memory.hpp"

// Uses the low-level SHA-256 calls although OpenSSL 3.0 deprecates them: the EVP calls allocate a
// context for each MAC, which costs more than the hashing (docs/decisions/0002-hmac-midstates.md).
#define OPENSSL_API_COMPAT 0x10101000L
#include <openssl/crypto.h>
#include <openssl/sha.h>

#include <endian.h>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <span>
#include <type_traits>

namespace sluice::crypto {

namespace {

constexpr std::size_t block_bytes = SHA256_CBLOCK; // also of hmac_key::states::start
using key_block = std::array<unsigned char, block_bytes>;

static_assert(mac_tag{}.size() == SHA256_DIGEST_LENGTH);
static_assert(std::is_trivially_copyable_v<SHA256_CTX>);

constexpr std::size_t length_bytes = 8; // of the message length, at the end of the last block

std::span<const unsigned char> as_bytes(std::string_view text) noexcept {
    return {reinterpret_cast<const unsigned char*>(text.data()), text.size()};
}

/// A running hash that leaves no data on the stack. The calls cannot fail: the software
/// implementation always returns 1.
class hasher {
  public:
    hasher() noexcept { SHA256_Init(&context_); }
    hasher(const hasher&) = delete;
    hasher& operator=(const hasher&) = delete;
    hasher(hasher&&) = delete;
    hasher& operator=(hasher&&) = delete;
    ~hasher() { wipe(&context_, sizeof context_); }

    template <class State>
    explicit hasher(const State& saved) noexcept {
        static_assert(sizeof context_ <= sizeof saved.bytes);
        std::memcpy(&context_, saved.bytes.data(), sizeof context_);
    }

    template <class State>
    void save(State& to) const noexcept {
        std::memcpy(to.bytes.data(), &context_, sizeof context_);
    }

    void update(const void* data, std::size_t size) noexcept {
        SHA256_Update(&context_, data, size);
    }

    [[nodiscard]] mac_tag finish() noexcept {
        mac_tag digest;
        SHA256_Final(digest.data(), &context_);
        return digest;
    }

    /// finish() for a state that has hashed `before` bytes, in whole blocks, and then `message`.
    /// Writes the padding of SHA-256 (FIPS 180-4 §5.1.1) itself, because SHA256_Final() writes the
    /// padding and the output byte by byte, which took as long as hashing three blocks.
    [[nodiscard]] mac_tag finish_after(std::size_t before,
                                       std::span<const unsigned char> message) noexcept {
        const std::size_t whole = message.size() / block_bytes * block_bytes;
        const auto tail = message.subspan(whole);
        update(message.data(), whole);

        std::array<unsigned char, 2 * block_bytes> last{};
        std::copy(tail.begin(), tail.end(), last.begin());
        last[tail.size()] = 0x80;
        const bool is_one = tail.size() + 1 + length_bytes <= block_bytes;
        const auto end = is_one ? block_bytes : last.size();
        const std::uint64_t bits = ::htobe64(std::uint64_t{before + message.size()} * 8);
        std::memcpy(&last[end - length_bytes], &bits, sizeof bits);
        SHA256_Transform(&context_, last.data());
        if (!is_one) {
            SHA256_Transform(&context_, &last[block_bytes]);
        }
        mac_tag digest;
        for (std::size_t i = 0; i < std::size(context_.h); ++i) {
            const std::uint32_t word = ::htobe32(context_.h[i]);
            std::memcpy(&digest[i * sizeof word], &word, sizeof word);
        }
        return digest;
    }

  private:
    SHA256_CTX context_{};
};

/// `key`, hashed first when it is longer than a block, padded with zeros (RFC 2104 §2).
key_block padded(std::string_view key) noexcept {
    key_block block{};
    if (key.size() <= block.size()) {
        std::copy(key.begin(), key.end(), block.begin());
        return block;
    }
    hasher hash;
    hash.update(key.data(), key.size());
    mac_tag digest = hash.finish();
    std::copy(digest.begin(), digest.end(), block.begin());
    wipe(digest.data(), digest.size());
    return block;
}

template <class State>
void absorb(key_block block, unsigned char pad, State& into) noexcept {
    for (unsigned char& byte : block) {
        byte = static_cast<unsigned char>(byte ^ pad);
    }
    hasher hash;
    hash.update(block.data(), block.size());
    hash.save(into);
    wipe(block.data(), block.size());
}

std::string_view as_text(const mac_tag& tag) noexcept {
    return {reinterpret_cast<const char*>(tag.data()), tag.size()};
}

} // namespace

bool equal_in_constant_time(std::string_view a, std::string_view b) noexcept {
    return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

std::optional<hmac_key> hmac_key::make(std::string_view key) {
    if (key.size() < min_key_bytes) {
        return std::nullopt;
    }
    return make_of_any_size(key);
}

hmac_key hmac_key::make_of_any_size(std::string_view key) {
    constexpr unsigned char inner_pad = 0x36;
    constexpr unsigned char outer_pad = 0x5c;
    const auto made = std::allocate_shared<states>(secret_allocator<states>{});
    key_block block = padded(key);
    absorb(block, inner_pad, made->inner);
    absorb(block, outer_pad, made->outer);
    wipe(block.data(), block.size());
    return hmac_key(made);
}

hmac_key hmac_key::expecting(std::string_view start) const {
    const auto made = std::allocate_shared<states>(secret_allocator<states>{}, *states_);
    made->has_start = start.size() >= made->start.size();
    if (made->has_start) {
        start.copy(made->start.data(), made->start.size());
        hasher hash(made->inner);
        hash.update(made->start.data(), made->start.size());
        hash.save(made->after_start);
    }
    return hmac_key(made);
}

mac_tag hmac_key::mac(std::string_view message) const noexcept {
    const std::string_view start(states_->start.data(), states_->start.size());
    const bool is_expected = states_->has_start && message.starts_with(start);
    const std::size_t known = is_expected ? start.size() : 0;
    hasher inner(is_expected ? states_->after_start : states_->inner);
    mac_tag digest = inner.finish_after(block_bytes + known, as_bytes(message).subspan(known));

    hasher outer(states_->outer);
    const mac_tag tag = outer.finish_after(block_bytes, digest);
    wipe(digest.data(), digest.size());
    return tag;
}

bool hmac_key::verify(std::string_view message, std::string_view tag) const noexcept {
    mac_tag expected = mac(message);
    const bool equal = equal_in_constant_time(as_text(expected), tag);
    wipe(expected.data(), expected.size());
    return equal;
}

} // namespace sluice::crypto
