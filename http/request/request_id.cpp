#include "http/request/request_id.hpp"

#include <algorithm>
#include <cstring>

namespace sluice::http {

namespace {

/// The two digits of each byte.
constexpr auto pairs = [] {
    constexpr std::string_view digits = "0123456789abcdef";
    std::array<std::array<char, 2>, 256> made{};
    for (std::size_t byte = 0; byte < made.size(); ++byte) {
        made[byte] = {digits[byte >> 4U], digits[byte & 0xFU]};
    }
    return made;
}();

/// Writes sixteen digits.
void put_hex(std::uint64_t number, char* out) noexcept {
    constexpr unsigned bits = 8;
    for (unsigned shift = 64; shift > 0; out += 2) {
        shift -= bits;
        std::memcpy(out, pairs[(number >> shift) & 0xFFU].data(), 2);
    }
}

} // namespace

std::optional<request_id> request_id::adopt(std::string_view text) noexcept {
    constexpr std::string_view allowed =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-";
    if (text.empty() || text.size() > max_size ||
        text.find_first_not_of(allowed) != std::string_view::npos) {
        return std::nullopt;
    }
    request_id adopted;
    std::ranges::copy(text, adopted.text_.begin());
    adopted.size_ = static_cast<std::uint8_t>(text.size());
    return adopted;
}

request_ids::request_ids() {
    put_hex(core::keyed_sequence().next(), latest_.text_.data()); // random, as its key is
}

request_id request_ids::next() noexcept {
    put_hex(numbers_.next(), latest_.text_.data() + request_id::prefix_size);
    return latest_;
}

std::string request_ids::boundary() {
    constexpr std::string_view name = "parts-";
    constexpr std::size_t number_size = request_id::number_size;
    std::string text(name);
    text.resize(name.size() + 2 * number_size);
    put_hex(boundaries_.next(), text.data() + name.size());
    put_hex(boundaries_.next(), text.data() + name.size() + number_size);
    return text;
}

} // namespace sluice::http
