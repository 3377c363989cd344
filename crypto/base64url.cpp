#include "crypto/base64url.hpp"

#include "crypto/base64url_blocks.hpp"

#include <array>
#include <cstdint>
#include <cstring>

namespace sluice::crypto {

namespace {

constexpr std::string_view alphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
static_assert(alphabet.size() == 64);

// A value above 63 marks a character outside the alphabet; OR-ing values keeps the mark.
constexpr std::uint8_t foreign = 0xff;
constexpr std::uint32_t largest_value = 63;

constexpr std::array<std::uint8_t, 256> value_of_character = [] {
    std::array<std::uint8_t, 256> values{};
    values.fill(foreign);
    for (std::size_t value = 0; value < alphabet.size(); ++value) {
        values[static_cast<unsigned char>(alphabet[value])] = static_cast<std::uint8_t>(value);
    }
    return values;
}();

// The contribution of each of four characters to their three bytes, with the first byte lowest. A
// bit above them marks a character outside the alphabet.
using group_table = std::array<std::uint32_t, 256>;
constexpr std::uint32_t largest_group = 0xffffff;

constexpr std::array<group_table, 4> group_of = [] {
    std::array<group_table, 4> tables{};
    for (std::size_t c = 0; c < value_of_character.size(); ++c) {
        const std::uint32_t value = value_of_character[c];
        if (value == foreign) {
            for (auto& table : tables) {
                table[c] = largest_group + 1;
            }
            continue;
        }
        tables[0][c] = value << 2;
        tables[1][c] = value >> 4 | (value & 0x0f) << 12;
        tables[2][c] = (value >> 2) << 8 | (value & 0x03) << 22;
        tables[3][c] = value << 16;
    }
    return tables;
}();

// Two characters for each value of twelve bits: half as many look-ups as with one.
constexpr std::array<std::array<char, 2>, 4096> pair_of = [] {
    std::array<std::array<char, 2>, 4096> pairs{};
    for (std::size_t value = 0; value < pairs.size(); ++value) {
        pairs[value] = {alphabet[value >> 6], alphabet[value & 0x3f]};
    }
    return pairs;
}();

std::size_t index_at(std::string_view text, std::size_t index) noexcept {
    return static_cast<unsigned char>(text[index]);
}

std::uint32_t value_at(std::string_view text, std::size_t index) noexcept {
    return value_of_character[index_at(text, index)];
}

std::uint32_t byte_at(std::string_view bytes, std::size_t index) noexcept {
    return static_cast<unsigned char>(bytes[index]);
}

char low_byte(std::uint32_t bits) noexcept {
    return static_cast<char>(static_cast<unsigned char>(bits & 0xff));
}

/// Decodes the last 2 or 3 characters, one or two bytes; false when not canonical.
bool decode_tail(std::string_view tail, char* out) noexcept {
    const bool two_bytes = tail.size() == 3;
    const std::uint32_t first = value_at(tail, 0);
    const std::uint32_t second = value_at(tail, 1);
    const std::uint32_t third = two_bytes ? value_at(tail, 2) : 0;
    const std::uint32_t unused_bits = two_bytes ? third & 0x03 : second & 0x0f;
    if ((first | second | third) > largest_value || unused_bits != 0) {
        return false;
    }
    out[0] = low_byte(first << 2 | second >> 4);
    if (two_bytes) {
        out[1] = low_byte(second << 4 | third >> 2);
    }
    return true;
}

} // namespace

void base64url_append(std::string_view bytes, std::string& out) {
    const std::size_t start = out.size();
    out.resize(start + base64url_encoded_size(bytes.size()));
    const std::size_t done = encode_base64url_blocks(bytes, out.data() + start);
    char* to = out.data() + start + base64url_encoded_size(done);
    const auto put = [&to](std::uint32_t bits) { *to++ = alphabet[bits & 0x3f]; };
    const auto put_pair = [&to](std::uint32_t bits) {
        std::memcpy(to, pair_of[bits & 0xfff].data(), 2);
        to += 2;
    };

    const std::size_t tail = bytes.size() % 3;
    const std::size_t whole = bytes.size() - tail;
    for (std::size_t i = done; i < whole; i += 3) {
        const std::uint32_t group =
            byte_at(bytes, i) << 16 | byte_at(bytes, i + 1) << 8 | byte_at(bytes, i + 2);
        put_pair(group >> 12);
        put_pair(group);
    }
    if (tail != 0) {
        const std::uint32_t second = tail == 2 ? byte_at(bytes, whole + 1) : 0;
        const std::uint32_t group = byte_at(bytes, whole) << 16 | second << 8;
        put(group >> 18);
        put(group >> 12);
        if (tail == 2) {
            put(group >> 6);
        }
    }
}

std::string base64url_encode(std::string_view bytes) {
    std::string text;
    base64url_append(bytes, text);
    return text;
}

std::optional<std::size_t> base64url_decode(std::string_view text, char* out) noexcept {
    const std::size_t tail = text.size() % 4;
    if (tail == 1) {
        return std::nullopt;
    }
    const std::size_t whole = text.size() - tail;
    const std::size_t done = decode_base64url_blocks(text, out);
    out += base64url_decoded_size(done);
    std::uint32_t seen = 0; // checked once after the loop: no branch for each character
    for (std::size_t i = done; i < whole; i += 4) {
        const std::uint32_t bits =
            group_of[0][index_at(text, i)] | group_of[1][index_at(text, i + 1)] |
            group_of[2][index_at(text, i + 2)] | group_of[3][index_at(text, i + 3)];
        seen |= bits;
        *out++ = low_byte(bits);
        *out++ = low_byte(bits >> 8);
        *out++ = low_byte(bits >> 16);
    }
    if (seen > largest_group || (tail != 0 && !decode_tail(text.substr(whole), out))) {
        return std::nullopt;
    }
    return base64url_decoded_size(text.size());
}

std::optional<std::string> base64url_decode(std::string_view text) {
    std::string bytes(base64url_decoded_size(text.size()), '\0');
    if (!base64url_decode(text, bytes.data())) {
        return std::nullopt;
    }
    return bytes;
}

} // namespace sluice::crypto
