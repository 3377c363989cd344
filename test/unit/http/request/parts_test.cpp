// The small pure parts of the layer: problems, credentials, percent-encoding, origins, routes,
// URLs.
#include "core/text/percent.hpp"
#include "http/exchange/router.hpp"
#include "http/handlers/download_url.hpp"
#include "http/problem/problem.hpp"
#include "http/request/cors.hpp"
#include "http/request/credential.hpp"
#include "http/request/target.hpp"

#include <boost/json/parse.hpp>
#include <boost/test/unit_test.hpp>

#include <set>
#include <string>
#include <vector>

using namespace sluice;
using namespace sluice::http;

BOOST_AUTO_TEST_SUITE(parts)

BOOST_AUTO_TEST_CASE(every_problem_is_complete_and_valid_json) {
    std::set<std::string_view> slugs;
    for (std::size_t i = 0; i < problem_count; ++i) {
        const auto& type = describe(static_cast<problem_id>(i));
        BOOST_TEST_CONTEXT(type.slug) {
            BOOST_TEST(slugs.insert(type.slug).second);
            BOOST_TEST((type.status == 401) ==
                       (type.challenge.starts_with("Bearer") && type.status != 403));
            BOOST_TEST((type.status != 503 || type.retry_after > 0));
            std::string text;
            append_problem_json(type, "rel", "id", text);
            const auto json = boost::json::parse(text).as_object();
            BOOST_TEST(json.at("status").as_int64() == static_cast<std::int64_t>(type.status));
            BOOST_TEST(json.at("parameter").as_string() == "rel");
            BOOST_TEST(!json.at("title").as_string().empty());
            BOOST_TEST(!json.at("detail").as_string().empty());
        }
    }
}

BOOST_AUTO_TEST_CASE(every_failure_has_a_problem) {
    for (int i = 0; i <= static_cast<int>(core::errc::internal); ++i) {
        const auto code = static_cast<core::errc>(i);
        BOOST_TEST((problem_for(code) == problem_id::internal) == (code == core::errc::internal));
    }
}

BOOST_AUTO_TEST_CASE(credentials_row_38) {
    BOOST_TEST(*read_bearer("Bearer a.b.c") == "a.b.c");
    BOOST_TEST(*read_bearer("bearer a.b.c") == "a.b.c");
    BOOST_TEST(*read_bearer("BEARER a.b.c") == "a.b.c");
    BOOST_TEST(*read_bearer("Bearer   a.b.c") == "a.b.c"); // RFC 6750 §2.1: one or more spaces
    BOOST_TEST((read_bearer(std::nullopt).error().code == core::errc::credential_missing));
    for (const auto* bad :
         {"", "Bearer", "Bearer ", "Bearer   ", "Bearer \ta", "Bearer  a b", "Basic YTpi", "a.b.c",
          "Bearer a, Bearer b", "Bearer a b", "Bearer a\tb", "Bearer\ta", "Bearer a;b"}) {
        BOOST_TEST_CONTEXT(bad) {
            BOOST_TEST((read_bearer(bad).error().code == core::errc::credential_malformed));
        }
    }
}

BOOST_AUTO_TEST_CASE(urls_round_trip_byte_for_byte) {
    const std::string name = "\xC3\x89t\xC3\xA9 100%+#?;\"'.mp4";
    const auto media = core::media_id::lesson("course", "c c", "m", "l", name);
    BOOST_REQUIRE(media);
    std::string url;
    append_download_path(*media, url);
    BOOST_TEST(url == "/download2/course/c%20c/m/l/%C3%89t%C3%A9%20100%25%2B%23%3F%3B%22%27.mp4");
    path_segments segments;
    BOOST_REQUIRE(split_target(url));
    BOOST_REQUIRE(segments.parse(url));
    BOOST_TEST(segments.view().back() == name);

    url.clear();
    append_download_path(*core::media_id::course("c", "p.mp4"), url);
    BOOST_TEST(url == "/download2/course/c/p.mp4");
    url.clear();
    append_download_path(*core::media_id::module("c", "m", "p.mp4"), url);
    BOOST_TEST(url == "/download2/module/c/m/p.mp4");
}

BOOST_AUTO_TEST_CASE(origins_row_46) {
    const cors_policy exact({"https://good.example"});
    BOOST_TEST(exact.allow("https://good.example") == "https://good.example");
    for (const auto* bad : {"null", "https://good.example.evil.com", "http://good.example",
                            "https://good.example:443", "HTTPS://GOOD.EXAMPLE", ""}) {
        BOOST_TEST(exact.allow(bad).empty());
    }
    const cors_policy all({"*"});
    BOOST_TEST(all.allow("https://any.example") == "*");
    BOOST_TEST(!all.names("https://any.example"));
    BOOST_TEST(cors_policy({}).allow("https://any.example").empty());
}

BOOST_AUTO_TEST_CASE(request_fields_of_pages_row_46) {
    const cors_policy usual({"*"});
    BOOST_TEST(usual.fields().starts_with("Authorization, Range, If-Range, "));
    BOOST_TEST(usual.fields().ends_with(", sentry-trace"));
    BOOST_TEST(usual.token_fields() == std::string(usual.fields()) + ", X-Api-Key");
    const cors_policy more({"*"}, {"X-One", "X-Two"});
    BOOST_TEST(more.fields() == std::string(usual.fields()) + ", X-One, X-Two");
}

BOOST_AUTO_TEST_CASE(the_origin_of_a_request_that_was_never_whole) {
    const std::string line = "GET / HTTP/1.1\r\n";
    BOOST_TEST(find_origin(line + "Origin: https://a\r\nX: y") == "https://a");
    BOOST_TEST(find_origin(line + "oRIGIN:\t https://a \t\r\n\r\n") == "https://a");
    for (const auto& none :
         {std::string(), line, line + "Origin: https://a", line + "Origin: https://a\r",
          line + "Origin: https://a\r\norigin: https://a\r\n", line + "Origin:\r\n",
          line + "X-Origin: https://a\r\n", line + "Origin : https://a\r\n"}) {
        BOOST_TEST(find_origin(none) == "", none);
    }
}

BOOST_AUTO_TEST_CASE(routes_differ_by_their_number_of_segments) {
    struct nothing final : handler {
        void handle(request&, reply&) const override {}
    } answer;
    const std::vector<route> table{{"/download2/*/*/*/*/*", route_label::download, &answer},
                                   {"/download2/course/*/*", route_label::token, &answer},
                                   {"/download2/module/*/*/*", route_label::health, &answer},
                                   {"/healthz", route_label::ready, &answer}};
    const router routes(table);
    const auto label = [&](std::vector<std::string_view> path) {
        const auto* found = routes.find(path);
        return found == nullptr ? route_label::none : found->label;
    };
    BOOST_TEST((label({"download2", "course", "c", "m", "l", "f"}) == route_label::download));
    BOOST_TEST((label({"download2", "course", "c", "f"}) == route_label::token));
    BOOST_TEST((label({"download2", "module", "c", "m", "f"}) == route_label::health));
    BOOST_TEST((label({"download2", "other", "c", "f"}) == route_label::none));
    BOOST_TEST((label({"Download2", "course", "c", "f"}) == route_label::none));
    BOOST_TEST((label({"healthz"}) == route_label::ready));
    BOOST_TEST((label({"healthz", "x"}) == route_label::none));
    BOOST_TEST((label({}) == route_label::none));
}

BOOST_AUTO_TEST_SUITE_END()
