#include "core/token/ttl.hpp"

#include "core/text/ascii_class.hpp"

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdint>

namespace sluice::core {

std::optional<std::chrono::seconds> parse_ttl(std::string_view text) noexcept {
    constexpr std::size_t most_digits = 10;
    if (text.empty() || text.size() > most_digits || text.front() == '0' ||
        !std::ranges::all_of(text, is_ascii_digit)) {
        return std::nullopt;
    }
    std::int64_t value = 0;
    std::from_chars(text.data(), text.data() + text.size(), value);
    return std::chrono::seconds(value);
}

std::optional<std::chrono::seconds> parse_resume(std::string_view text) noexcept {
    return text == "0" ? std::optional(std::chrono::seconds(0)) : parse_ttl(text);
}

} // namespace sluice::core
