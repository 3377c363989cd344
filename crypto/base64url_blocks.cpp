#include "crypto/base64url_blocks.hpp"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace sluice::crypto {

#if defined(__x86_64__)

namespace {

constexpr std::size_t block = 16; // characters; 12 bytes
constexpr std::size_t block_bytes = 12;
// A block is stored as 16 bytes, of which the next block overwrites the last four. The loop ends
// while the text behind the block decodes to at least these four bytes.
constexpr std::size_t least_left = block + 8;

// The values of sixteen characters, and a mask of those outside the alphabet.
struct block_values {
    __m128i values;
    __m128i foreign;
};

// The upper four bits of a character select its row of the ASCII table. Of each row, the characters
// from `first` to `last` are in the alphabet, and `shift` is the difference of character and value.
// The '_' is alone in its place: row 5 is 'P' to 'Z'.
[[gnu::target("ssse3")]] block_values values_of(__m128i characters) noexcept {
    const __m128i first = _mm_setr_epi8(127, 127, '-', '0', 'A', 'P', 'a', 'p', 127, 127, 127, 127,
                                        127, 127, 127, 127);
    const __m128i last = _mm_setr_epi8(0, 0, '-', '9', 'O', 'Z', 'o', 'z', 0, 0, 0, 0, 0, 0, 0, 0);
    const __m128i shift = _mm_setr_epi8(0, 0, 62 - '-', 52 - '0', -'A', -'A', 26 - 'a', 26 - 'a', 0,
                                        0, 0, 0, 0, 0, 0, 0);
    const __m128i row = _mm_and_si128(_mm_srli_epi32(characters, 4), _mm_set1_epi8(0x0f));
    const __m128i is_outside =
        _mm_or_si128(_mm_cmplt_epi8(characters, _mm_shuffle_epi8(first, row)),
                     _mm_cmpgt_epi8(characters, _mm_shuffle_epi8(last, row)));
    const __m128i is_underscore = _mm_cmpeq_epi8(characters, _mm_set1_epi8('_'));
    const __m128i of_row = _mm_add_epi8(characters, _mm_shuffle_epi8(shift, row));
    return {_mm_or_si128(_mm_andnot_si128(is_underscore, of_row),
                         _mm_and_si128(is_underscore, _mm_set1_epi8(63))),
            _mm_andnot_si128(is_underscore, is_outside)};
}

// Joins sixteen values of six bits to twelve bytes, at the front of the result.
[[gnu::target("ssse3")]] __m128i joined(__m128i values) noexcept {
    // pairs: first * 64 + second; then pairs of these: first * 4096 + second
    const __m128i of_12_bits = _mm_maddubs_epi16(values, _mm_set1_epi32(0x01400140));
    const __m128i of_24_bits = _mm_madd_epi16(of_12_bits, _mm_set1_epi32(0x00011000));
    // each group lies with its last byte first
    return _mm_shuffle_epi8(of_24_bits,
                            _mm_setr_epi8(2, 1, 0, 6, 5, 4, 10, 9, 8, 14, 13, 12, -1, -1, -1, -1));
}

[[gnu::target("ssse3")]] std::size_t decode_by_ssse3(std::string_view text, char* out) noexcept {
    std::size_t done = 0;
    for (; text.size() - done >= least_left; done += block, out += block_bytes) {
        const auto found =
            values_of(_mm_loadu_si128(reinterpret_cast<const __m128i*>(text.data() + done)));
        if (_mm_movemask_epi8(found.foreign) != 0) {
            break;
        }
        _mm_storeu_si128(reinterpret_cast<__m128i*>(out), joined(found.values));
    }
    return done;
}

// Splits twelve bytes, at the front of `bytes`, into sixteen values of six bits: joined()
// backwards.
[[gnu::target("ssse3")]] __m128i split(__m128i bytes) noexcept {
    // of each group of three bytes a, b, c the two halves ba and cb, which overlap
    const __m128i halves =
        _mm_shuffle_epi8(bytes, _mm_setr_epi8(1, 0, 2, 1, 4, 3, 5, 4, 7, 6, 8, 7, 10, 9, 11, 10));
    // a multiplication moves the values of each half into their places
    const __m128i first_and_third = _mm_mulhi_epu16(
        _mm_and_si128(halves, _mm_set1_epi32(0x0fc0fc00)), _mm_set1_epi32(0x04000040));
    const __m128i second_and_fourth = _mm_mullo_epi16(
        _mm_and_si128(halves, _mm_set1_epi32(0x003f03f0)), _mm_set1_epi32(0x01000010));
    return _mm_or_si128(first_and_third, second_and_fourth);
}

// The characters of sixteen values. Each value has the number of its row, and each row the
// difference of character and value: 13 is 'A' to 'Z', 0 is 'a' to 'z', 1 to 10 are the digits.
[[gnu::target("ssse3")]] __m128i characters_of(__m128i values) noexcept {
    const __m128i shift =
        _mm_setr_epi8('a' - 26, '0' - 52, '0' - 52, '0' - 52, '0' - 52, '0' - 52, '0' - 52,
                      '0' - 52, '0' - 52, '0' - 52, '0' - 52, '-' - 62, '_' - 63, 'A', 0, 0);
    const __m128i is_capital = _mm_cmplt_epi8(values, _mm_set1_epi8(26));
    const __m128i row = _mm_or_si128(_mm_subs_epu8(values, _mm_set1_epi8(51)),
                                     _mm_and_si128(is_capital, _mm_set1_epi8(13)));
    return _mm_add_epi8(values, _mm_shuffle_epi8(shift, row));
}

[[gnu::target("ssse3")]] std::size_t encode_by_ssse3(std::string_view bytes, char* out) noexcept {
    std::size_t done = 0;
    for (; bytes.size() - done >= block; done += block_bytes, out += block) { // reads a whole block
        const __m128i read = _mm_loadu_si128(reinterpret_cast<const __m128i*>(bytes.data() + done));
        _mm_storeu_si128(reinterpret_cast<__m128i*>(out), characters_of(split(read)));
    }
    return done;
}

} // namespace

std::size_t decode_base64url_blocks(std::string_view text, char* out) noexcept {
    return __builtin_cpu_supports("ssse3") != 0 ? decode_by_ssse3(text, out) : 0;
}

std::size_t encode_base64url_blocks(std::string_view bytes, char* out) noexcept {
    return __builtin_cpu_supports("ssse3") != 0 ? encode_by_ssse3(bytes, out) : 0;
}

#else

std::size_t decode_base64url_blocks(std::string_view /*text*/, char* /*out*/) noexcept {
    return 0;
}

std::size_t encode_base64url_blocks(std::string_view /*bytes*/, char* /*out*/) noexcept {
    return 0;
}

#endif

} // namespace sluice::crypto
