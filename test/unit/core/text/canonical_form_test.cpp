#include "core/text/canonical_form.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

namespace sluice::core {

BOOST_AUTO_TEST_SUITE(canonical_forms)

BOOST_AUTO_TEST_CASE(the_same_characters_in_other_bytes) {
    BOOST_TEST(differ_by_form_alone("\u00E9t\u00E9", "e\u0301te\u0301"));
    BOOST_TEST(differ_by_form_alone("e\u0301t\u00E9", "\u00E9te\u0301"));
    BOOST_TEST(differ_by_form_alone("\uAC00", "\u1100\u1161"));         // Hangul
    BOOST_TEST(differ_by_form_alone("\u1E69", "s\u0323\u0307"));        // two accents
    BOOST_TEST(differ_by_form_alone("s\u0307\u0323", "s\u0323\u0307")); // in another order
    BOOST_TEST(differ_by_form_alone("\u212B", "\u00C5"));               // Angstrom sign
    BOOST_TEST(!differ_by_form_alone("\u00E9", "\u00E9"));
    BOOST_TEST(!differ_by_form_alone("\u00E9", "e"));
    BOOST_TEST(!differ_by_form_alone("\u00E9", "\u00C9")); // case
    BOOST_TEST(!differ_by_form_alone("\uFB01", "fi"));     // compatibility
    BOOST_TEST(!differ_by_form_alone("a", "b"));
    BOOST_TEST(!differ_by_form_alone("\xFF", "\xFE"));
    BOOST_TEST(!differ_by_form_alone("\u00E9\xFF", "e\u0301\xFF"));
}

BOOST_AUTO_TEST_CASE(composed_text) {
    BOOST_TEST(composed("plain") == "plain");
    BOOST_TEST(composed("e\u0301") == "\u00E9");
    BOOST_TEST(composed("\u00E9") == "\u00E9");
    BOOST_TEST(composed("\u1100\u1161") == "\uAC00");
    BOOST_TEST(composed("\xFF") == "\xFF");
    BOOST_TEST(composed(std::string("e\u0301\0x", 5)) == std::string("\u00E9\0x", 4));
}

BOOST_AUTO_TEST_CASE(decomposed_text) {
    BOOST_TEST(decomposed("plain") == "plain");
    BOOST_TEST(decomposed("\u00E9") == "e\u0301");
    BOOST_TEST(decomposed("e\u0301") == "e\u0301");
    BOOST_TEST(decomposed("\uAC00") == "\u1100\u1161");
    BOOST_TEST(decomposed("\xFF") == "\xFF");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace sluice::core
