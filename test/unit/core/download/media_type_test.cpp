#include "core/download/media_type.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

namespace sluice::core {

namespace {

struct row {
    std::string_view filename;
    std::string_view type;
};

} // namespace

BOOST_AUTO_TEST_SUITE(core_media_type)

BOOST_AUTO_TEST_CASE(knows_what_a_training_site_serves) {
    const row rows[] = {
        {"a.mp4", "video/mp4"},        {"a.m4v", "video/mp4"},
        {"a.webm", "video/webm"},      {"a.mov", "video/quicktime"},
        {"a.mkv", "video/x-matroska"}, {"a.avi", "video/x-msvideo"},
        {"a.mpg", "video/mpeg"},       {"a.mpeg", "video/mpeg"},
        {"a.ts", "video/mp2t"},        {"a.m3u8", "application/vnd.apple.mpegurl"},
        {"a.ogv", "video/ogg"},        {"a.3gp", "video/3gpp"},
        {"a.mp3", "audio/mpeg"},       {"a.m4a", "audio/mp4"},
        {"a.wav", "audio/wav"},        {"a.pdf", "application/pdf"},
        {"a.vtt", "text/vtt"},         {"a.srt", "application/x-subrip"},
        {"a.jpg", "image/jpeg"},       {"a.jpeg", "image/jpeg"},
        {"a.png", "image/png"},        {"a.zip", "application/zip"},
    };
    for (const auto& [filename, type] : rows) {
        BOOST_TEST_CONTEXT(filename) {
            BOOST_TEST(media_type_of(filename) == type);
        }
    }
}

BOOST_AUTO_TEST_CASE(looks_at_the_last_extension_in_any_case) {
    for (const auto* filename : {"a.MP4", "a.Mp4", "a.html.mp4", "a..mp4", "..mp4", "a b.mp4",
                                 "\xC3\xA9t\xC3\xA9.mp4", "%41.mp4", "a;b.mp4"}) {
        BOOST_TEST_CONTEXT(filename) {
            BOOST_TEST(media_type_of(filename) == "video/mp4");
        }
    }
}

BOOST_AUTO_TEST_CASE(calls_everything_else_octets) {
    for (const auto* filename : {"", ".", "a", "a.", "mp4", ".mp4", "a.mp4 ", "a.mp44", "a.mp",
                                 "a.xyz", "a.mp4.", "a.m\x10\x34", "a.\xCDp4", "a.mp4.exe"}) {
        BOOST_TEST_CONTEXT(filename) {
            BOOST_TEST(media_type_of(filename) == "application/octet-stream");
        }
    }
    BOOST_TEST(media_type_of(std::string_view("a.mp4\0", 6)) == "application/octet-stream");
    BOOST_TEST(media_type_of("a." + std::string(1 << 16, 'm')) == "application/octet-stream");
}

BOOST_AUTO_TEST_CASE(never_names_a_type_that_runs_script) { // docs/security.md, threat 23
    for (const auto* filename :
         {"x.html", "x.htm", "x.xhtml", "x.HTML", "x.mp4.html", "x.svg", "x.svgz", "x.xml", "x.xsl",
          "x.xslt", "x.js", "x.mjs", "x.mhtml", "x.swf", "x.rss", "x.atom", "x.css", "x.wasm"}) {
        BOOST_TEST_CONTEXT(filename) {
            BOOST_TEST(media_type_of(filename) == "application/octet-stream");
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace sluice::core
