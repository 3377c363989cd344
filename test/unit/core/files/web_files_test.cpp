#include "core/files/web_files.hpp"
#include "test/support/temp_dir.hpp"

#include <boost/test/unit_test.hpp>

#include <stdexcept>

using namespace sluice;
using core::load_web_files;

namespace {

const core::web_file* find(const core::web_bundle& bundle, std::string_view path) {
    for (const auto& file : bundle.files) {
        if (file.path == path) {
            return &file;
        }
    }
    return nullptr;
}

bool throws_about(const std::string& root, std::string_view text) {
    try {
        (void)load_web_files(root);
    } catch (const std::runtime_error& why) {
        return std::string_view(why.what()).find(text) != std::string_view::npos;
    }
    return false;
}

} // namespace

BOOST_AUTO_TEST_SUITE(web_files)

BOOST_AUTO_TEST_CASE(a_built_page_is_taken_whole) {
    const test::temp_dir dir;
    dir.write_file("index.html", "<!doctype html>");
    dir.write_file("assets/index-B1x2y3_-.js", "run()");
    dir.write_file("assets/index-B1x2y3_-.js.gz", "zip");
    dir.write_file("sw.js", "self");
    const auto bundle = load_web_files(dir.path());
    BOOST_TEST(bundle.files.size() == 3U);
    BOOST_TEST(bundle.ignored.empty());

    const auto* script = find(bundle, "/assets/index-B1x2y3_-.js");
    BOOST_REQUIRE(script != nullptr);
    BOOST_TEST(script->content == "run()");
    BOOST_TEST(script->gzip == "zip");
    BOOST_TEST(script->type == "text/javascript; charset=utf-8");
    BOOST_TEST(script->is_hashed);
    BOOST_TEST(script->etag.size() == 18U);
    BOOST_TEST(!find(bundle, "/sw.js")->is_hashed);
    BOOST_TEST(!find(bundle, "/index.html")->is_hashed);
    BOOST_TEST(find(bundle, "/index.html")->gzip.empty());
}

BOOST_AUTO_TEST_CASE(the_tag_is_of_the_content_alone) {
    const test::temp_dir dir;
    dir.write_file("index.html", "one");
    dir.write_file("a.js", "same");
    dir.write_file("b.js", "same");
    const auto first = load_web_files(dir.path());
    BOOST_TEST(find(first, "/a.js")->etag == find(first, "/b.js")->etag);
    dir.write_file("index.html", "two");
    BOOST_TEST(find(first, "/index.html")->etag !=
               find(load_web_files(dir.path()), "/index.html")->etag);
}

BOOST_AUTO_TEST_CASE(what_is_no_part_of_a_page_is_left_out) {
    const test::temp_dir dir;
    dir.write_file("index.html", "x");
    dir.write_file("secret.txt", "x");
    dir.write_file("script.sh", "x");
    dir.write_file("orphan.gz", "x");
    dir.write_file(".env.json", "x");
    dir.write_file("a b.js", "x");
    dir.write_file("*.js", "x");
    dir.write_file("one/two/deep.js", "x");
    dir.make_symlink("/etc/passwd", "link.js");
    dir.make_symlink("/etc", "folder");
    const auto bundle = load_web_files(dir.path());
    BOOST_TEST(bundle.files.size() == 1U);
    BOOST_TEST(bundle.ignored.size() == 9U);
}

BOOST_AUTO_TEST_CASE(a_folder_without_a_page_is_a_fault_at_start) {
    const test::temp_dir dir;
    BOOST_TEST(throws_about(dir.path(), "no index.html"));
    BOOST_TEST(throws_about(dir.path("missing"), dir.path("missing")));
    dir.write_file("index.html", std::string(core::max_web_file_bytes + 1, 'x'));
    BOOST_TEST(throws_about(dir.path(), "is larger than"));
}

BOOST_AUTO_TEST_CASE(too_many_files_are_a_fault_at_start) {
    const test::temp_dir dir;
    dir.write_file("index.html", "x");
    for (std::size_t i = 0; i < core::max_web_files; ++i) {
        dir.write_file("f" + std::to_string(i) + ".js", "");
    }
    BOOST_TEST(throws_about(dir.path(), "more than 256 files"));
}

// An installed page is read-only below /usr, and the operator's list is below /etc.
BOOST_AUTO_TEST_CASE(the_list_alone_may_be_a_link) {
    const test::temp_dir dir;
    const test::temp_dir etc;
    dir.write_file("index.html", "one");
    dir.make_symlink(etc.path() + "/catalogue.json", "catalogue.json");
    auto bundle = load_web_files(dir.path());
    BOOST_TEST(find(bundle, "/catalogue.json") == nullptr); // not configured yet
    BOOST_TEST(bundle.ignored == std::vector<std::string>{"/catalogue.json"},
               boost::test_tools::per_element());

    etc.write_file("catalogue.json", "{}");
    bundle = load_web_files(dir.path());
    BOOST_REQUIRE(find(bundle, "/catalogue.json") != nullptr);
    BOOST_TEST(find(bundle, "/catalogue.json")->content == "{}");
    BOOST_TEST(bundle.ignored.empty());
}

BOOST_AUTO_TEST_SUITE_END()
