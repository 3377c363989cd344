#pragma once
// Copies a short text without a call of memcpy(), which takes longer than the copy. For text of any
// length, but made for names and words of up to 16 bytes. Used by http/telemetry/log_line and
// core/json/json_quote.

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace sluice::core {

/// Copies a text of sizeof(Word) to 2 * sizeof(Word) bytes by two moves, which may overlap.
template <class Word>
void put_by_two(std::string_view text, char* at) noexcept {
    const auto last = text.size() - sizeof(Word);
    Word front = 0;
    Word back = 0;
    std::memcpy(&front, text.data(), sizeof front);
    std::memcpy(&back, text.data() + last, sizeof back);
    std::memcpy(at, &front, sizeof front);
    std::memcpy(at + last, &back, sizeof back);
}

/// Writes `text` to `at`. Returns the end.
inline char* put_text(std::string_view text, char* at) noexcept {
    if (text.size() - 8 <= 8) { // 8 to 16
        put_by_two<std::uint64_t>(text, at);
    } else if (text.size() - 4 <= 4) { // 4 to 8
        put_by_two<std::uint32_t>(text, at);
    } else if (!text.empty()) { // the data of an empty one may be null
        std::memcpy(at, text.data(), text.size());
    }
    return at + text.size();
}

} // namespace sluice::core
