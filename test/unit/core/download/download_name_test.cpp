#include "core/download/download_name.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <charconv>
#include <random>

namespace sluice::core {

namespace {

struct row {
    std::string_view filename;
    std::string_view field;
};

std::string field_for(std::string_view filename) {
    std::string out;
    append_content_disposition(filename, out);
    return out;
}

/// The value of filename*, decoded by RFC 8187; the name a client that knows it saves.
std::string extended_name(std::string_view field) {
    constexpr std::string_view start = "; filename*=UTF-8''";
    const auto at = field.find(start);
    BOOST_REQUIRE(at != std::string_view::npos);
    std::string name;
    for (auto rest = field.substr(at + start.size()); !rest.empty(); rest.remove_prefix(1)) {
        unsigned byte = static_cast<unsigned char>(rest.front());
        if (rest.front() == '%') {
            BOOST_REQUIRE(rest.size() >= 3);
            const auto* end = rest.data() + 3;
            BOOST_REQUIRE(std::from_chars(rest.data() + 1, end, byte, 16).ptr == end);
            rest.remove_prefix(2);
        }
        name.push_back(static_cast<char>(byte));
    }
    return name;
}

/// The name under which curl 7.88 saves with -J: up to the next quote, no escapes, no
/// percent-decoding.
std::string_view curl_name(std::string_view field) {
    const auto rest = field.substr(field.find("filename=\"") + 10);
    return rest.substr(0, rest.find('"'));
}

} // namespace

BOOST_AUTO_TEST_SUITE(core_download_name)

BOOST_AUTO_TEST_CASE(sends_plain_names_as_they_are) {
    const row rows[] = {
        {"Video.mp4", R"(attachment; filename="Video.mp4")"},
        {"my lesson 1.mp4", R"(attachment; filename="my lesson 1.mp4")"},
        {"a;b.mp4", R"(attachment; filename="a;b.mp4")"},
        {"it's (1), [2].mp4", R"(attachment; filename="it's (1), [2].mp4")"},
        {".bashrc", R"(attachment; filename=".bashrc")"},
        {"con.mp4", R"(attachment; filename="con.mp4")"},
        {"a;filename=x.mp4", R"(attachment; filename="a;filename=x.mp4")"},
    };
    for (const auto& [filename, field] : rows) {
        BOOST_TEST(field_for(filename) == field);
        BOOST_TEST(curl_name(field) == filename);
    }
}

BOOST_AUTO_TEST_CASE(sends_other_names_twice) { // docs/security.md, threat 22
    const row rows[] = {
        {"Leçon été.mp4",
         R"(attachment; filename="Lecon ete.mp4"; filename*=UTF-8''Le%C3%A7on%20%C3%A9t%C3%A9.mp4)"},
        {"ファイル.mp4", "attachment; filename=\"____.mp4\"; "
                         "filename*=UTF-8''%E3%83%95%E3%82%A1%E3%82%A4%E3%83%AB.mp4"},
        {R"(a"; x=y.mp4)",
         R"(attachment; filename="a_; x=y.mp4"; filename*=UTF-8''a%22%3B%20x%3Dy.mp4)"},
        {R"(a\.mp4)", R"(attachment; filename="a_.mp4"; filename*=UTF-8''a%5C.mp4)"},
        {"%41.mp4", R"(attachment; filename="_41.mp4"; filename*=UTF-8''%2541.mp4)"},
        {"a\r\nSet-Cookie:s=1",
         R"(attachment; filename="a__Set-Cookie:s=1"; filename*=UTF-8''a%0D%0ASet-Cookie%3As%3D1)"},
        {"../../.bashrc",
         R"(attachment; filename=".._.._.bashrc"; filename*=UTF-8''..%2F..%2F.bashrc)"},
        {"é!#$&+-.^_`|~'()*",
         R"(attachment; filename="e!#$&+-.^_`|~'()*"; filename*=UTF-8''%C3%A9!#$&+-.^_`|~%27%28%29%2A)"},
        {"", R"(attachment; filename="download"; filename*=UTF-8'')"},
    };
    for (const auto& [filename, field] : rows) {
        BOOST_TEST(field_for(filename) == field);
        BOOST_TEST(extended_name(field) == filename);
    }
}

BOOST_AUTO_TEST_CASE(normalises_nothing) { // docs/security.md, threat 17
    BOOST_TEST(extended_name(field_for("\u00E9")) == "\u00E9");
    BOOST_TEST(extended_name(field_for("e\u0301")) == "e\u0301");
}

BOOST_AUTO_TEST_CASE(appends) {
    std::string out = "Content-Disposition: ";
    append_content_disposition("a.mp4", out);
    BOOST_TEST(out == "Content-Disposition: attachment; filename=\"a.mp4\"");
}

BOOST_AUTO_TEST_CASE(is_safe_and_exact_for_any_bytes) {
    std::mt19937 random(1);
    std::uniform_int_distribution<unsigned> byte(0, 255);
    for (int round = 0; round < 20'000; ++round) {
        std::string filename;
        const bool is_ascii = round % 2 == 0;
        for (auto length = 1 + byte(random) % 12; length > 0; --length) {
            filename.push_back(
                static_cast<char>(is_ascii ? 0x20 + byte(random) % 0x5F : byte(random)));
        }
        const auto field = field_for(filename);
        const auto is_visible = [](char c) { return c >= 0x20 && c <= 0x7E; };
        BOOST_REQUIRE(std::ranges::all_of(field, is_visible));
        BOOST_REQUIRE(std::ranges::count(field, '"') == 2);
        BOOST_REQUIRE(field.find('\\') == std::string::npos);
        const bool is_extended = field.find("\"; filename*=") != std::string::npos;
        BOOST_REQUIRE((is_extended ? extended_name(field) : curl_name(field)) == filename);
    }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace sluice::core
