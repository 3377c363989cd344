#include "http/exchange/router.hpp"
#include "http/handlers/download_url.hpp"
#include "http/request/target.hpp"

#include <boost/test/unit_test.hpp>

#include <vector>

using namespace sluice;
using core::media_kind;

BOOST_AUTO_TEST_SUITE(download_url_suite)

// The router's patterns, the URL builder and the URL parser agree, also for names that are literals
// of another route.
BOOST_AUTO_TEST_CASE(every_path_leads_back_to_its_media) {
    const std::vector<core::media_id> all{*core::media_id::lesson("course", "c", "m", "l", "v.mp4"),
                                          *core::media_id::lesson("module", "a", "b", "c", "v.mp4"),
                                          *core::media_id::course("module", "v w.mp4"),
                                          *core::media_id::course("c", "v.mp4"),
                                          *core::media_id::module("course", "m", "é.mp4")};
    std::vector<http::route> table;
    for (const auto kind : {media_kind::lesson, media_kind::course, media_kind::module}) {
        table.push_back({http::download_pattern(kind), http::route_label::download, nullptr});
    }
    const http::router routes(table);
    for (const auto& media : all) {
        std::string url;
        http::append_download_path(media, url);
        http::path_segments path;
        BOOST_REQUIRE(path.parse(url));
        BOOST_TEST_CONTEXT(url) {
            const auto kind = http::download_kind_at(path.view());
            BOOST_REQUIRE(kind.has_value());
            BOOST_TEST((kind == media.kind()));
            BOOST_TEST((*http::media_at(*kind, path.view()) == media));
            const auto* const found = routes.find(path.view());
            BOOST_REQUIRE(found != nullptr);
            BOOST_TEST(found->pattern == http::download_pattern(*kind));
        }
    }
}

BOOST_AUTO_TEST_CASE(other_paths_are_of_no_kind) {
    for (const auto* url :
         {"/", "/download2", "/download2/course/c", "/download2/cours/c/f",
          "/download2/courses/c/f", "/download/course/c/f", "/download2/module/c/f",
          "/download2/t/c/m/l", "/download2/t/c/m/l/f/g"}) {
        http::path_segments path;
        BOOST_REQUIRE(path.parse(url));
        BOOST_TEST(!http::download_kind_at(path.view()).has_value(), url);
    }
}

BOOST_AUTO_TEST_SUITE_END()
