#include "core/config/config_source.hpp"
#include "core/config/config_validate.hpp"
#include "test/support/problems.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>

namespace core = sluice::core;
using sluice::test::has;
using sluice::test::joined;

namespace {

using pairs = std::vector<std::pair<std::string, std::string>>;

} // namespace

BOOST_AUTO_TEST_SUITE(config_validate)

BOOST_AUTO_TEST_CASE(row_52_local_stands_alone) {
    struct sample {
        pairs environment;
        std::string_view where;
    };
    const std::vector<sample> refused{
        {{{"SLUICE_TRUSTED_PROXIES", "127.0.0.1"}}, "environment SLUICE_TRUSTED_PROXIES"},
        {{{"SLUICE_TRUSTED_PROXIES", "unix"}}, "environment SLUICE_TRUSTED_PROXIES"},
        {{{"SLUICE_LISTEN", "0.0.0.0:8080"}}, "environment SLUICE_LISTEN"},
        {{{"SLUICE_LISTEN", "[::]:8080"}}, "environment SLUICE_LISTEN"},
        {{{"SLUICE_LISTEN", "192.0.2.7:8080"}}, "environment SLUICE_LISTEN"},
        {{{"SLUICE_LISTEN", "unix:/run/s.sock"}}, "environment SLUICE_LISTEN"},
        {{{"SLUICE_LISTEN", "systemd:http"}}, "environment SLUICE_LISTEN"},
        {{{"SLUICE_METRICS_LISTEN", "0.0.0.0:9464"}}, "environment SLUICE_METRICS_LISTEN"},
        {{{"SLUICE_LISTENERS", R"([{"address": "127.0.0.1:1"}, {"address": "unix:/s"}])"}},
         "environment SLUICE_LISTENERS[1].address"},
        {{{"SLUICE_LISTENERS", R"([{"address": "127.0.0.1:1", "proxy_protocol": "v1"}])"}},
         "environment SLUICE_LISTENERS[0].proxy_protocol"},
    };
    for (const auto& each : refused) {
        BOOST_TEST_CONTEXT(each.environment.front().first << "="
                                                          << each.environment.front().second) {
            for (const auto* const mode : {"local", "local,auto"}) {
                auto environment = each.environment;
                environment.emplace_back("SLUICE_ISSUER_MODE", mode);
                const auto loaded =
                    core::load_config({"", environment, {}}, core::config_use::tool);
                BOOST_TEST(loaded.problems.size() == 1U, joined(loaded.problems));
                BOOST_TEST(has(loaded.problems, each.where, "serve --dev"),
                           joined(loaded.problems));
            }
            BOOST_TEST(core::load_config({"", each.environment, {}}, core::config_use::tool)
                           .problems.empty());
        }
    }
    const std::vector<pairs> accepted{
        {},
        {{"SLUICE_LISTEN", "localhost:1"}},
        {{"SLUICE_LISTEN", "127.8.9.1:1"}, {"SLUICE_METRICS_LISTEN", "[::1]:2"}},
        {{"SLUICE_LISTENERS", R"([{"address": "127.0.0.1:1"}, {"address": "[::1]:1"}])"}},
    };
    for (auto environment : accepted) {
        environment.emplace_back("SLUICE_ISSUER_MODE", "local");
        const auto loaded = core::load_config({"", environment, {}}, core::config_use::tool);
        BOOST_TEST(loaded.problems.empty(), joined(loaded.problems));
    }
    const auto both =
        core::load_config({"", {{"SLUICE_ISSUER_MODE", "local,none"}}, {}}, core::config_use::tool);
    BOOST_TEST(has(both.problems, "environment SLUICE_ISSUER_MODE", "local and none"),
               joined(both.problems));
}

BOOST_AUTO_TEST_CASE(settings_that_must_agree) {
    struct sample {
        pairs environment;
        std::string_view where;
        std::string_view what;
    };
    const std::vector<sample> samples{
        {{{"SLUICE_TOKENS_DEFAULT_TTL", "90000"}},
         "environment SLUICE_TOKENS_DEFAULT_TTL",
         "max_ttl"},
        {{{"SLUICE_TOKENS_MAX_TTL", "600"}}, "tokens.default_ttl", "max_ttl"},
        {{{"SLUICE_LIMITS_TARGET_BYTES", "20000"}},
         "environment SLUICE_LIMITS_TARGET_BYTES",
         "below"},
        {{{"SLUICE_LIMITS_UNCOUNTED_PEERS", "10.0.0.0/8,10.1.2.3/8"}},
         "environment SLUICE_LIMITS_UNCOUNTED_PEERS",
         "entry 2 must be an address or a CIDR block"},
        {{{"SLUICE_LOG_ACCESS", ""}}, "environment SLUICE_LOG_ACCESS", "path"},
        {{{"SLUICE_METRICS_LISTEN", "127.0.0.1:8080"}},
         "environment SLUICE_METRICS_LISTEN",
         "differ"},
        {{{"SLUICE_METRICS_LISTEN", "9090"}}, "environment SLUICE_METRICS_LISTEN", "address"},
        {{{"SLUICE_CORS_ALLOWED_ORIGINS", "*,https://a.example"}},
         "environment SLUICE_CORS_ALLOWED_ORIGINS",
         "alone"},
        {{{"SLUICE_MEDIA_LAYOUT_COURSE", "{trainer_id}/{filename}"}},
         "environment SLUICE_MEDIA_LAYOUT_COURSE",
         ""},
        {{{"SLUICE_MEDIA_LAYOUT_LESSON", "../{filename}"}},
         "environment SLUICE_MEDIA_LAYOUT_LESSON",
         ""},
        {{{"SLUICE_MEDIA_LAYOUT_LESSON", "l/{course_id}/{module_id}/{lesson_id}/{filename}"},
          {"SLUICE_MEDIA_LAYOUT_COURSE", "c/{course_id}/{filename}"},
          {"SLUICE_MEDIA_LAYOUT_MODULE", "{course_id}/{module_id}/{trainer_id}/{filename}"},
          {"SLUICE_ISSUER_OWNERS", "nobody"}},
         "environment SLUICE_MEDIA_LAYOUT_MODULE",
         "looked up"},
        {{{"SLUICE_MEDIA_LAYOUT_LESSON", "l/{course_id}/{module_id}/{lesson_id}/{filename}"}},
         "environment SLUICE_MEDIA_LAYOUT_LESSON",
         "issuer.owners to nobody"},
        {{{"SLUICE_MEDIA_LAYOUT_COURSE", "{course_id}/{filename}"}},
         "environment SLUICE_MEDIA_LAYOUT_COURSE",
         "does not agree with media.layout.lesson"},
        {{{"SLUICE_MEDIA_LAYOUT_MODULE", "{course_id}/{module_id}/{filename}"}},
         "environment SLUICE_MEDIA_LAYOUT_MODULE",
         "does not agree with media.layout.lesson"},
    };
    for (const auto& each : samples) {
        BOOST_TEST_CONTEXT(each.environment.front().first << "="
                                                          << each.environment.front().second) {
            const auto loaded =
                core::load_config({"", each.environment, {}}, core::config_use::tool);
            BOOST_TEST(loaded.problems.size() == 1U, joined(loaded.problems));
            BOOST_TEST(has(loaded.problems, each.where, each.what), joined(loaded.problems));
        }
    }
}

BOOST_AUTO_TEST_CASE(layouts_of_origins) {
    const std::string one = R"({"name": "a", "root": "/a"})";
    const auto check = [](const std::string& origins, const pairs& more = {}) {
        pairs environment{{"SLUICE_MEDIA_ORIGINS", "[" + origins + "]"}};
        environment.insert(environment.end(), more.begin(), more.end());
        return core::load_config({"", environment, {}}, core::config_use::serve).problems;
    };
    const auto with = [](const std::string& layout) {
        return R"({"name": "b", "root": "/b", "layout": )" + layout + "}";
    };
    BOOST_TEST(joined(check(one)) == "");
    BOOST_TEST(joined(check(one + ", " +
                            with(R"({"course": "x/{trainer_id}/{course_id}/{filename}"})"))) == "");
    auto found = check(one + ", " + with(R"({"course": "{trainer_id}/{filename}"})"));
    BOOST_TEST(has(found, "environment SLUICE_MEDIA_ORIGINS[1].layout.course",
                   "{course_id} does not occur"),
               joined(found));
    found = check(one + ", " + with(R"({"course": "{course_id}/{filename}"})"));
    BOOST_TEST(has(found, "environment SLUICE_MEDIA_ORIGINS[1].layout.course", "does not agree"),
               joined(found));
    found = check(one + ", " +
                  with(R"({"lesson": "l/{course_id}/{module_id}/{lesson_id}/{filename}"})"));
    BOOST_TEST(
        has(found, "environment SLUICE_MEDIA_ORIGINS[1].layout.lesson", "issuer.owners to nobody"),
        joined(found));
    // A fault of media.layout, which several origins have in common, is said once.
    found = check(one + R"(, {"name": "b", "root": "/b"})",
                  {{"SLUICE_MEDIA_LAYOUT_COURSE", "{trainer_id}/{filename}"}});
    BOOST_TEST(found.size() == 1U, joined(found));
    BOOST_TEST(has(found, "environment SLUICE_MEDIA_LAYOUT_COURSE", "{course_id}"), joined(found));
}

BOOST_AUTO_TEST_CASE(two_free_ports_do_not_clash) {
    const pairs variables{{"SLUICE_LISTEN", "127.0.0.1:0"},
                          {"SLUICE_METRICS_LISTEN", "127.0.0.1:0"}};
    BOOST_TEST(core::load_config({"", variables, {}}, core::config_use::tool).problems.empty());
}

BOOST_AUTO_TEST_CASE(only_the_gateway_needs_media) {
    BOOST_TEST(core::load_config({}, core::config_use::tool).problems.empty());
    const auto bare = core::load_config({}, core::config_use::serve);
    BOOST_TEST(has(bare.problems, "media.root", "is required"), joined(bare.problems));
    const auto given = core::load_config({"", {}, {{"--media-root", "media.root", "/srv"}}},
                                         core::config_use::serve);
    BOOST_TEST(joined(given.problems) == "");
}

BOOST_AUTO_TEST_SUITE_END()
