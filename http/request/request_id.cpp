#include "http/request/request_id.hpp"

#include <algorithm>

namespace sluice::http {

namespace {

constexpr std::string_view digits = "0123456789abcdef";

bool is_hex(std::string_view text) noexcept {
    return text.find_first_not_of(digits) == std::string_view::npos;
}

/// True for hexadecimal digits that are not all zero: valid by W3C Trace Context.
bool is_identity(std::string_view text) noexcept {
    return is_hex(text) && text.find_first_not_of('0') != std::string_view::npos;
}

/// Writes sixteen digits.
void put_hex(std::uint64_t number, char* out) noexcept {
    constexpr unsigned bits = 4;
    for (unsigned shift = 64; shift > 0; ++out) {
        shift -= bits;
        *out = digits[(number >> shift) & 0xFU];
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

std::optional<request_id> request_id::of_trace(std::string_view parent) noexcept {
    constexpr std::size_t size = 2 + 1 + 32 + 1 + 16 + 1 + 2; // version-trace-parent-flags
    if (parent.size() < size || parent[2] != '-' || parent[35] != '-' || parent[52] != '-') {
        return std::nullopt;
    }
    const auto version = parent.substr(0, 2);
    const auto trace = parent.substr(3, 32);
    // Later versions may append fields (§4.3); 00 has none, and ff is no version.
    const bool may_be_longer = version != "00" && parent.substr(size).starts_with('-');
    if (!is_hex(version) || version == "ff" || !is_hex(parent.substr(53, 2)) ||
        !is_identity(trace) || !is_identity(parent.substr(36, 16)) ||
        (parent.size() > size && !may_be_longer)) {
        return std::nullopt;
    }
    return adopt(trace);
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
