#include "http/request/keyed_sequence.hpp"

#include <bit>

namespace sluice::http {

namespace {

struct state {
    std::uint64_t v0;
    std::uint64_t v1;
    std::uint64_t v2;
    std::uint64_t v3;

    void mix(int rounds) noexcept {
        for (; rounds > 0; --rounds) {
            v0 += v1;
            v2 += v3;
            v1 = std::rotl(v1, 13) ^ v0;
            v3 = std::rotl(v3, 16) ^ v2;
            v0 = std::rotl(v0, 32);
            v2 += v1;
            v0 += v3;
            v1 = std::rotl(v1, 17) ^ v2;
            v3 = std::rotl(v3, 21) ^ v0;
            v2 = std::rotl(v2, 32);
        }
    }

    void take(std::uint64_t word) noexcept {
        v3 ^= word;
        mix(2);
        v0 ^= word;
    }
};

} // namespace

std::uint64_t siphash(std::uint64_t k0, std::uint64_t k1, std::uint64_t word) noexcept {
    // The initial words spell "somepseudorandomlygeneratedbytes".
    state s{k0 ^ 0x736F6D6570736575U, k1 ^ 0x646F72616E646F6DU, k0 ^ 0x6C7967656E657261U,
            k1 ^ 0x7465646279746573U};
    s.take(word);
    s.take(std::uint64_t{sizeof word} << 56U); // the last block holds the length alone
    s.v2 ^= 0xFFU;
    s.mix(4);
    return s.v0 ^ s.v1 ^ s.v2 ^ s.v3;
}

} // namespace sluice::http
