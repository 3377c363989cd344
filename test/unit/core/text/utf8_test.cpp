#include "core/text/utf8.hpp"

#include <boost/test/unit_test.hpp>

#include <array>
#include <string>
#include <string_view>

using namespace std::string_view_literals;

namespace sluice::core {

namespace {

/// Encodes any number up to U+1FFFFF, good or not, in the shortest form.
std::string encoded(char32_t c) {
    const auto tail = [c](unsigned shift) {
        return static_cast<char>(0x80U | ((c >> shift) & 0x3FU));
    };
    if (c < 0x80) {
        return {static_cast<char>(c)};
    }
    if (c < 0x800) {
        return {static_cast<char>(0xC0U | (c >> 6U)), tail(0)};
    }
    if (c < 0x10000) {
        return {static_cast<char>(0xE0U | (c >> 12U)), tail(6), tail(0)};
    }
    return {static_cast<char>(0xF0U | (c >> 18U)), tail(12), tail(6), tail(0)};
}

} // namespace

BOOST_AUTO_TEST_SUITE(utf8)

BOOST_AUTO_TEST_CASE(accepts_exactly_the_scalar_values) {
    for (char32_t c = 0; c <= 0x110400; ++c) {
        const bool expected = c <= 0x10FFFF && (c < 0xD800 || c > 0xDFFF);
        if (is_valid_utf8(encoded(c)) != expected) {
            BOOST_ERROR("wrong about code point " << static_cast<unsigned long>(c));
        }
    }
}

BOOST_AUTO_TEST_CASE(refuses_what_rfc_3629_refuses) {
    struct row {
        std::string_view name;
        std::string_view bytes;
    };
    constexpr std::array rows{
        row{"lone continuation byte", "\x80"sv},
        row{"last continuation byte", "\xBF"sv},
        row{"overlong slash, 2 bytes", "\xC0\xAF"sv},
        row{"overlong dots", "\xC0\xAE\xC0\xAE/"sv},
        row{"overlong DEL, 2 bytes", "\xC1\xBF"sv},
        row{"overlong slash, 3 bytes", "\xE0\x80\xAF"sv},
        row{"largest overlong, 3 bytes", "\xE0\x9F\xBF"sv},
        row{"overlong slash, 4 bytes", "\xF0\x80\x80\xAF"sv},
        row{"largest overlong, 4 bytes", "\xF0\x8F\xBF\xBF"sv},
        row{"first surrogate", "\xED\xA0\x80"sv},
        row{"last surrogate", "\xED\xBF\xBF"sv},
        row{"above U+10FFFF", "\xF4\x90\x80\x80"sv},
        row{"lead F5", "\xF5\x80\x80\x80"sv},
        row{"5 bytes", "\xF8\x88\x80\x80\x80"sv},
        row{"FE", "\xFE"sv},
        row{"FF", "\xFF"sv},
        row{"cut short, 2 bytes", "\xC3"sv},
        row{"cut short, 3 bytes", "\xE2\x82"sv},
        row{"cut short, 4 bytes", "\xF0\x9F\x8E"sv},
        row{"ASCII in the middle", "\xE2\x28\xA1"sv},
        row{"ASCII at the end", "\xE2\x82\x28"sv},
        row{"lead where a continuation is due", "\xC3\xC3"sv},
        row{"NUL where a continuation is due", "\xC3\x00"sv},
    };
    for (const auto& [name, bytes] : rows) {
        BOOST_TEST_CONTEXT(name) {
            BOOST_TEST(!is_valid_utf8(bytes));
            BOOST_TEST(has_forbidden_code_point(bytes));
            // Wherever it stands, as the fast road over ASCII must not jump it.
            for (std::size_t before = 0; before <= 17; ++before) {
                const std::string text = std::string(before, 'a') + std::string(bytes);
                BOOST_TEST(!is_valid_utf8(text));
                BOOST_TEST(!is_valid_utf8(text + "tail of ascii"));
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(accepts_text) {
    constexpr std::array rows{
        ""sv,         "a"sv,         "12345678"sv, "a name of some length.mp4"sv,
        "é"sv,        "ファイル"sv,  "🎬"sv,        "\0"sv,
        "1234567é"sv, "12345678é9"sv};
    for (const auto text : rows) {
        BOOST_TEST_CONTEXT(text) {
            BOOST_TEST(is_valid_utf8(text));
        }
    }
}

BOOST_AUTO_TEST_CASE(forbids_exactly_the_listed_code_points) {
    const auto is_listed = [](char32_t c) {
        return c < 0x20 || (c >= 0x7F && c <= 0x9F) || c == 0x61C || (c >= 0x200B && c <= 0x200F) ||
               (c >= 0x202A && c <= 0x202E) || c == 0x2060 || (c >= 0x2066 && c <= 0x2069) ||
               c == 0xFEFF;
    };
    for (char32_t c = 0; c <= 0x10FFFF; ++c) {
        const bool is_surrogate = c >= 0xD800 && c <= 0xDFFF;
        const std::string text = "name" + encoded(c) + "name";
        if (has_forbidden_code_point(text) != (is_listed(c) || is_surrogate)) {
            BOOST_ERROR("wrong about code point " << static_cast<unsigned long>(c));
        }
    }
    BOOST_TEST(!has_forbidden_code_point(""));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace sluice::core
