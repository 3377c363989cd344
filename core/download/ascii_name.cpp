#include "core/download/ascii_name.hpp"

#include <cstddef>

namespace sluice::core {

namespace {

constexpr unsigned first_latin = 0xC0;

/// The letters of Latin-1 and Latin Extended-A, U+00C0 to U+017F, without their accents.
constexpr std::string_view base_letters = "AAAAAA_CEEEEIIII"  // U+00C0
                                          "DNOOOOOxOUUUUY__"  // U+00D0
                                          "aaaaaa_ceeeeiiii"  // U+00E0
                                          "dnooooo_ouuuuy_y"  // U+00F0
                                          "AaAaAaCcCcCcCcDd"  // U+0100
                                          "DdEeEeEeEeEeGgGg"  // U+0110
                                          "GgGgHhHhIiIiIiIi"  // U+0120
                                          "IiIiJjKkkLlLlLlL"  // U+0130
                                          "lLlNnNnNnnNnOoOo"  // U+0140
                                          "Oo__RrRrRrSsSsSs"  // U+0150
                                          "SsTtTtTtUuUuUuUu"  // U+0160
                                          "UuUuWwYyYZzZzZzs"; // U+0170
static_assert(base_letters.size() == 0x180 - first_latin);

[[nodiscard]] constexpr unsigned byte_of(char c) noexcept {
    return static_cast<unsigned char>(c);
}

[[nodiscard]] constexpr bool is_continuation(char c) noexcept {
    return (byte_of(c) & 0xC0U) == 0x80;
}

/// Takes the first character off `rest`: one byte and the continuation bytes that follow it, which
/// for well-formed UTF-8 is a whole character.
[[nodiscard]] std::string_view take_character(std::string_view& rest) noexcept {
    std::size_t length = 1;
    while (length < rest.size() && is_continuation(rest[length])) {
        ++length;
    }
    const auto character = rest.substr(0, length);
    rest.remove_prefix(length);
    return character;
}

[[nodiscard]] std::string_view likeness_of_two_bytes(std::string_view character) noexcept {
    const auto code_point = (byte_of(character[0]) & 0x1FU) << 6U | (byte_of(character[1]) & 0x3FU);
    switch (code_point) {
    case 0x00C6:
        return "AE";
    case 0x00E6:
        return "ae";
    case 0x00DF:
        return "ss";
    case 0x0152:
        return "OE";
    case 0x0153:
        return "oe";
    default:
        break;
    }
    if (code_point >= 0x0300 && code_point <= 0x036F) { // combining accents, as macOS writes "é"
        return "";
    }
    const auto index = code_point - first_latin; // wraps below U+00C0, which is out of range too
    return index < base_letters.size() ? base_letters.substr(index, 1) : "_";
}

[[nodiscard]] std::string_view likeness_of(std::string_view character) noexcept {
    if (character.size() == 1 && is_plain_name_char(character.front())) {
        return character;
    }
    if (character.size() == 2 && (byte_of(character.front()) & 0xE0U) == 0xC0) {
        return likeness_of_two_bytes(character);
    }
    if (character == "\u2018" || character == "\u2019") {
        return "'";
    }
    if (character == "\u2010" || character == "\u2011" || character == "\u2013" ||
        character == "\u2014") {
        return "-";
    }
    return "_";
}

} // namespace

void append_ascii_name(std::string_view filename, std::string& out) {
    const auto before = out.size();
    while (!filename.empty()) {
        out.append(likeness_of(take_character(filename)));
    }
    if (out.size() == before) {
        out.append("download");
    }
}

} // namespace sluice::core
