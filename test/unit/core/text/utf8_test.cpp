#include "core/text/utf8.hpp"

#include <boost/test/unit_test.hpp>

#include <array>
#include <string>
#include <string_view>

using namespace std::string_view_literals;

namespace sluice::core {

namespace {

/// Encodes any number up to U+1FFFFF, valid or not, in the shortest form.
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
            // At every position, because the fast path over ASCII must not skip it.
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
        // The joiners are listed too, because here they are next to ASCII.
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

// docs/security.md, threat 17.
BOOST_AUTO_TEST_CASE(joiners_stand_where_they_mean_something) {
    const std::string zwnj = "\u200C";
    const std::string zwj = "\u200D";
    const std::array good{
        "\u0645\u06CC" + zwnj + "\u0631\u0648\u0645",                  // Persian: I go
        "\u06A9\u062A\u0627\u0628" + zwnj + "\u0647\u0627.mp4",        // Persian: books
        "\u0915\u094D" + zwj + "\u0937",                               // Hindi: half form
        "\u0DC1\u0DCA" + zwj + "\u0DBB\u0DD3",                         // Sinhala: Sri
        "\u0D28\u0D4D" + zwnj + "\u0D28",                              // Malayalam
        "\U0001F468" + zwj + "\U0001F469" + zwj + "\U0001F467 family", // emoji
        "\u2764\uFE0F" + zwj + "\U0001F525",                           // heart on fire
        "\U0001F3F4" + zwj + "\u2620\uFE0F",                           // pirates
        "\U0001F9D1\U0001F3FD" + zwj + "\U0001F4BB",                   // skin tone
        "\u00E9" + zwj + "\u00E9",
    };
    for (const auto& text : good) {
        BOOST_TEST(!has_forbidden_code_point(text), text);
        BOOST_TEST(!has_forbidden_code_point("a" + text + "a"), text);
    }
    const std::string letter = "\u0645";
    for (const auto& joiner : {zwnj, zwj}) {
        for (const auto& text : {joiner,
                                 joiner + letter,
                                 letter + joiner,
                                 "a" + joiner + letter,
                                 letter + joiner + "a",
                                 letter + joiner + ".mp4",
                                 letter + " " + joiner + letter,
                                 letter + joiner + zwj + letter,
                                 letter + joiner + zwnj + letter,
                                 letter + joiner + "\uFE0F" + letter,
                                 "a\uFE0F" + joiner + letter,
                                 "a\uFE0F\u20E3" + joiner + letter,
                                 "e\u0301" + joiner + letter,
                                 letter + joiner + "\u00A0" + letter,
                                 letter + "\u2013" + joiner + letter,
                                 letter + joiner + "\u202E" + letter,
                                 letter + joiner + "\u200B",
                                 letter + joiner + "\uFF0F" + letter,
                                 letter + joiner + "\uE000",
                                 letter + joiner + "\U000E0041"}) {
            BOOST_TEST(has_forbidden_code_point(text), text);
        }
    }
    // Counts the code points that may be joined, so that a wrong block is detected.
    std::size_t joined = 0;
    for (char32_t c = 0; c <= 0x10FFFF; ++c) {
        const bool is_surrogate = c >= 0xD800 && c <= 0xDFFF;
        const auto both = encoded(c) + zwj + letter;
        const auto mirrored = letter + zwj + encoded(c);
        if (is_surrogate) {
            continue;
        }
        const bool is_good = !has_forbidden_code_point(both);
        const bool is_variation = (c >= 0xFE00 && c <= 0xFE0F) || (c >= 0x20D0 && c <= 0x20FF);
        if (!is_variation && is_good == has_forbidden_code_point(mirrored)) {
            BOOST_ERROR("sides differ about " << static_cast<unsigned long>(c));
        }
        if (is_good && c < 0x80) {
            BOOST_ERROR("ASCII is joined: " << static_cast<unsigned long>(c));
        }
        joined += is_good ? 1U : 0U;
    }
    BOOST_TEST(joined > 900'000U);
}

BOOST_AUTO_TEST_CASE(text_is_masked_only_when_it_could_control_or_reorder) {
    const auto masked = [](std::string text) {
        mask_forbidden(text);
        return text;
    };
    for (const std::string_view kept : {"", "plain ~", "\xC3\xA9t\xC3\xA9", "\xF0\x9F\x98\x80"}) {
        BOOST_TEST(masked(std::string(kept)) == kept);
    }
    BOOST_TEST(masked("a\x1B[2J") == "a?[2J");
    BOOST_TEST(masked("\xC3\xA9\n") == "???"); // all beyond ASCII goes, too
    BOOST_TEST(masked("a\xE2\x80\xAE"
                      "b") == "a???b");       // U+202E
    BOOST_TEST(masked("a\xFF\x7F") == "a??"); // not UTF-8; DEL
    std::string text = "\xC3\xA9~ \x1F";
    mask_unprintable(text);
    BOOST_TEST(text == "??~ ?");
}

BOOST_AUTO_TEST_CASE(a_cut_splits_no_code_point) {
    BOOST_TEST(cut_utf8("abc", 3) == "abc");
    BOOST_TEST(cut_utf8("abcd", 3) == "abc");
    BOOST_TEST(cut_utf8("", 0) == "");
    const std::string text = "a\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80z"; // a é € 😀 z
    for (std::size_t most = 0; most <= text.size(); ++most) {
        const auto cut = cut_utf8(text, most);
        BOOST_TEST(is_valid_utf8(cut));
        BOOST_TEST(cut.size() <= most);
        BOOST_TEST(cut.size() + 3 >= most);
    }
    BOOST_TEST(cut_utf8(std::string(9, '\x80'), 8).size() == 5U); // malformed: still bounded
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace sluice::core
