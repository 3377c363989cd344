#pragma once
// Tests sixteen bytes of a text at once for one property. A loop over single bytes takes five
// instructions and more for each of them, and g++ turns a chain of comparisons into branches before
// it could vectorise the loop. Knows no property itself. Used by core and http for the checks that
// every request passes.

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace sluice::core {

/// Sixteen bytes. Comparisons and the operators `|` and `&` apply to each of them.
using byte_block = std::uint8_t __attribute__((vector_size(16)));

namespace detail {

inline byte_block load_block(const char* at) noexcept {
    byte_block block;
    std::memcpy(&block, at, sizeof block);
    return block;
}

/// Loads two numbers that overlap when the text is shorter than both.
template <class Number>
std::array<Number, 2> load_ends(std::string_view text) noexcept {
    std::array<Number, 2> ends{};
    std::memcpy(ends.data(), text.data(), sizeof(Number));
    std::memcpy(&ends[1], text.data() + text.size() - sizeof(Number), sizeof(Number));
    return ends;
}

/// A block of the bytes of `text`, some of them twice. REQUIRES: 1 to 15 bytes.
inline byte_block load_short(std::string_view text) noexcept {
    std::array<std::uint64_t, 2> words{};
    if (text.size() >= sizeof(std::uint64_t)) {
        words = load_ends<std::uint64_t>(text);
    } else if (text.size() >= sizeof(std::uint32_t)) {
        std::memcpy(words.data(), load_ends<std::uint32_t>(text).data(), sizeof words[0]);
        words[1] = words[0];
    } else {
        byte_block first{};
        for (std::size_t i = 0; i < sizeof first; ++i) {
            first[i] = static_cast<std::uint8_t>(text[i < text.size() ? i : 0]);
        }
        return first;
    }
    byte_block block;
    std::memcpy(&block, words.data(), sizeof block);
    return block;
}

template <class Marks>
bool is_any_set(Marks marks) noexcept {
    std::array<std::uint64_t, 2> words{};
    static_assert(sizeof marks == sizeof words);
    std::memcpy(words.data(), &marks, sizeof words);
    return (words[0] | words[1]) != 0;
}

} // namespace detail

/// True when `test` holds for a byte of `text`. `test` gets a byte_block and combines comparisons
/// of it with `|` and `&`: any_byte(text, [](auto byte) { return (byte < 0x20) | (byte == '"'); }).
/// The last block overlaps the one before it, so that no bytes are left over.
template <class Test>
[[nodiscard]] bool any_byte(std::string_view text, Test test) noexcept {
    constexpr std::size_t size_of_block = sizeof(byte_block);
    if (text.size() < size_of_block) {
        return !text.empty() && detail::is_any_set(test(detail::load_short(text)));
    }
    const char* const last = text.data() + text.size() - size_of_block;
    auto marks = test(detail::load_block(last));
    for (const char* at = text.data(); at < last; at += size_of_block) {
        marks |= test(detail::load_block(at));
    }
    return detail::is_any_set(marks);
}

} // namespace sluice::core
