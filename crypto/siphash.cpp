#include "crypto/siphash.hpp"

#include "crypto/random.hpp"

#include <bit>
#include <cstring>
#include <string>

namespace sluice::crypto {

namespace {

static_assert(std::endian::native == std::endian::little, "words are read as they lie in memory");

struct state {
    std::uint64_t v0, v1, v2, v3;

    void round() noexcept {
        v0 += v1;
        v1 = std::rotl(v1, 13) ^ v0;
        v0 = std::rotl(v0, 32);
        v2 += v3;
        v3 = std::rotl(v3, 16) ^ v2;
        v0 += v3;
        v3 = std::rotl(v3, 21) ^ v0;
        v2 += v1;
        v1 = std::rotl(v1, 17) ^ v2;
        v2 = std::rotl(v2, 32);
    }
    void absorb(std::uint64_t word) noexcept {
        v3 ^= word;
        round();
        round();
        v0 ^= word;
    }
};

std::uint64_t read_word(const char* from, std::size_t size) noexcept {
    std::uint64_t word = 0;
    std::memcpy(&word, from, size);
    return word;
}

} // namespace

siphash_key random_siphash_key() {
    constexpr std::size_t word = sizeof(std::uint64_t);
    const auto bytes = random_bytes(2 * word);
    return {read_word(bytes.data(), word), read_word(bytes.data() + word, word)};
}

std::uint64_t siphash(const siphash_key& key, std::string_view text) noexcept {
    constexpr std::size_t word = sizeof(std::uint64_t);
    // The constants spell "somepseudorandomlygeneratedbytes" (section 2.1 of the paper).
    state s{key.k0 ^ 0x736f6d6570736575U, key.k1 ^ 0x646f72616e646f6dU,
            key.k0 ^ 0x6c7967656e657261U, key.k1 ^ 0x7465646279746573U};
    std::size_t done = 0;
    for (; done + word <= text.size(); done += word) {
        s.absorb(read_word(text.data() + done, word));
    }
    const auto rest = done < text.size() ? read_word(text.data() + done, text.size() - done) : 0;
    s.absorb(rest | (std::uint64_t{text.size()} << 56U));
    s.v2 ^= 0xffU;
    for (int i = 0; i < 4; ++i) {
        s.round();
    }
    return s.v0 ^ s.v1 ^ s.v2 ^ s.v3;
}

} // namespace sluice::crypto
