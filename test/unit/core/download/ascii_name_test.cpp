#include "core/download/ascii_name.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <random>

namespace sluice::core {

namespace {

struct row {
    std::string_view filename;
    std::string_view likeness;
};

std::string likeness_of(std::string_view filename) {
    std::string out;
    append_ascii_name(filename, out);
    return out;
}

} // namespace

BOOST_AUTO_TEST_SUITE(core_ascii_name)

BOOST_AUTO_TEST_CASE(leaves_plain_names_alone) {
    for (const std::string_view filename :
         {"Video.mp4", "a b.mp4", " a ", "it's;a=b,c.mp4", ".bashrc", "~!@#$^&*()[]{}<>|?:.mp4"}) {
        BOOST_TEST(likeness_of(filename) == filename);
        BOOST_TEST(std::ranges::all_of(filename, is_plain_name_char));
    }
}

BOOST_AUTO_TEST_CASE(replaces_what_clients_misread) { // docs/security.md, threat 22
    const row rows[] = {
        {"a\"b", "a_b"},    {"a\\b", "a_b"},      {"%41.mp4", "_41.mp4"}, {"a/b", "a_b"},
        {"a\r\nb", "a__b"}, {"a\tb\x7F", "a_b_"}, {"\x1b[2J", "_[2J"},
    };
    for (const auto& [filename, likeness] : rows) {
        BOOST_TEST(likeness_of(filename) == likeness);
    }
    BOOST_TEST(likeness_of(std::string_view("a\0b", 3)) == "a_b");
}

BOOST_AUTO_TEST_CASE(drops_accents) {
    const row rows[] = {
        {"Leçon été.mp4", "Lecon ete.mp4"},
        {"e\u0301te\u0301.mp4", "ete.mp4"}, // decomposed, as macOS spells it
        {"ÀÂÄÇÉÈÊËÎÏÔÖÙÛÜŸ", "AAACEEEEIIOOUUUY"},
        {"àâäçéèêëîïôöùûüÿ", "aaaceeeeiioouuuy"},
        {"cœur, Œuvre, Æther, æ, Straße", "coeur, OEuvre, AEther, ae, Strasse"},
        {"Łódź, Škoda, Ğ, ſ, ñ, Ø, đ", "Lodz, Skoda, G, s, n, O, d"},
        {"l’été – d‘ici — là", "l'ete - d'ici - la"},
    };
    for (const auto& [filename, likeness] : rows) {
        BOOST_TEST(likeness_of(filename) == likeness);
    }
}

BOOST_AUTO_TEST_CASE(has_one_underscore_for_each_other_character) {
    const row rows[] = {
        {"ファイル.mp4", "____.mp4"}, {"日本.mp4", "__.mp4"},       {"Привет.mp4", "______.mp4"},
        {"\U0001F3AC.mp4", "_.mp4"},  {"a\u00A0b\u00BFc", "a_b_c"}, {"\u0180\u0370", "__"},
    };
    for (const auto& [filename, likeness] : rows) {
        BOOST_TEST(likeness_of(filename) == likeness);
    }
}

BOOST_AUTO_TEST_CASE(is_never_empty) {
    BOOST_TEST(likeness_of("") == "download");
    BOOST_TEST(likeness_of("\u0301") == "download");
}

BOOST_AUTO_TEST_CASE(appends) {
    std::string out = "x";
    append_ascii_name("", out);
    append_ascii_name("y", out);
    BOOST_TEST(out == "xdownloady");
}

BOOST_AUTO_TEST_CASE(survives_malformed_text) {
    BOOST_TEST(likeness_of("\x80") == "_");
    BOOST_TEST(likeness_of("a\xC3") == "a_");
    BOOST_TEST(likeness_of("e\x80z") == "_z");
    std::mt19937 random(22);
    std::uniform_int_distribution<unsigned> byte(0, 255);
    for (int round = 0; round < 20'000; ++round) {
        std::string filename;
        for (auto length = byte(random) % 12; length > 0; --length) {
            filename.push_back(static_cast<char>(byte(random)));
        }
        const auto likeness = likeness_of(filename);
        BOOST_REQUIRE(!likeness.empty());
        BOOST_REQUIRE(std::ranges::all_of(likeness, is_plain_name_char));
    }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace sluice::core
