#include "core/config/config_listeners.hpp"
#include "core/config/config_print.hpp"
#include "core/config/config_source.hpp"
#include "test/support/temp_dir.hpp"

#include <boost/test/unit_test.hpp>

#include <tuple>

namespace core = sluice::core;

namespace {

core::loaded_config load(const std::string& text) {
    const sluice::test::temp_dir dir;
    dir.write_file("sluice.json", text);
    core::config_sources from;
    from.file = dir.path("sluice.json");
    auto loaded = core::load_config(from, core::config_use::tool);
    for (auto& problem : loaded.problems) { // drops the directory
        const auto slash = problem.where.rfind('/');
        problem.where =
            slash == std::string::npos ? problem.where : problem.where.substr(slash + 1);
    }
    return loaded;
}

core::loaded_config load_variable(const std::string& text) {
    core::config_sources from;
    from.environment = {{"SLUICE_LISTENERS", text}};
    return core::load_config(from, core::config_use::tool);
}

} // namespace

BOOST_AUTO_TEST_SUITE(config_listeners)

BOOST_AUTO_TEST_CASE(a_list_of_objects) {
    const std::string list = R"([
        {"address": "127.0.0.1:8080", "proxy_protocol": "any", "proxy_from": ["10.0.0.0/8"]},
        {"address": "unix:/run/s.sock", "mode": "0600", "backlog": 5},
        {"address": "[::]:8443", "dual_stack": false, "reuse_port": true,
         "certificate": "/c", "key": "/k"}])";
    for (const auto& loaded : {load(R"({"listeners": )" + list + "}"), load_variable(list)}) {
        BOOST_REQUIRE(loaded.problems.empty());
        const auto& all = loaded.settings.listeners;
        BOOST_REQUIRE(all.size() == 3U);
        BOOST_TEST((all[0].proxy == core::proxy_protocol::any));
        BOOST_TEST(all[0].proxy_from.at(0) == "10.0.0.0/8");
        BOOST_TEST(all[0].dual_stack);
        BOOST_TEST(all[1].mode == "0600");
        BOOST_TEST(all[1].backlog == 5U);
        BOOST_TEST(!all[2].dual_stack);
        BOOST_TEST(all[2].reuse_port);
        BOOST_TEST(all[2].key == "/k");
        const auto again =
            load(core::to_json(loaded.settings)); // the printed text is a valid configuration
        BOOST_TEST(again.problems.empty());
        BOOST_TEST((again.settings.listeners == all));
    }
}

BOOST_AUTO_TEST_CASE(every_fault_has_its_place) {
    struct sample {
        std::string list;
        std::string where;
        std::string what;
    };
    const std::vector<sample> samples{
        {R"({})", "", "must be a list of at most 64 objects"},
        {R"([1])", "[0]", "must be an object"},
        {R"([{"address": "127.0.0.1:1"}, {"adress": "127.0.0.1:2", "address": "127.0.0.1:2"}])",
         "[1].adress", "no such field of a listener, did you mean address?"},
        {R"([{"address": "127.0.0.1:1", "proxy_protocol": "v3"}])", "[0].proxy_protocol",
         "must be off, v1, v2 or any"},
        {R"([{"address": "127.0.0.1:1", "reuse_port": "yes"}])", "[0].reuse_port",
         "must be true or false"},
        {R"([{"address": "127.0.0.1:1", "backlog": 0}])", "[0].backlog", "1 to 65535"},
        {R"([{}])", "[0].address", "must be an address and a port"},
        {R"([{"address": "nowhere"}])", "[0].address", "must be an address and a port"},
        {R"([{"address": "127.0.0.1:1"}, {"address": "127.0.0.1:1"}])", "[1].address",
         "must differ from the address of another listener"},
        {R"([{"address": "127.0.0.1:1", "proxy_from": ["10.0.0.0/8"]}])", "[0].proxy_from",
         "needs proxy_protocol"},
        {R"([{"address": "127.0.0.1:1", "proxy_protocol": "v1", "proxy_from": ["10.0.0.1/8"]}])",
         "[0].proxy_from", "entry 1 must be an address or a CIDR block"},
        {R"([{"address": "unix:/s", "mode": "660x"}])", "[0].mode", "three octal digits"},
        {R"([{"address": "127.0.0.1:1", "key": "/k"}])", "[0].certificate", "go together"},
        {R"([{"address": "127.0.0.1:1", "certificate": "/c"}])", "[0].key", "go together"},
        {R"([{"address": "127.0.0.1:1", "hsts_max_age": 1}])", "[0].hsts_max_age",
         "needs certificate and key"},
        {R"([{"address": "127.0.0.1:1", "hsts_max_age": -1}])", "[0].hsts_max_age",
         "0 to 63072000"},
    };
    for (const auto& each : samples) {
        BOOST_TEST_CONTEXT(each.list) {
            const auto from_file = load(R"({"listeners": )" + each.list + "}");
            const auto from_variable = load_variable(each.list);
            for (const auto& [loaded, source] :
                 {std::tuple(&from_file, "sluice.json: listeners"),
                  std::tuple(&from_variable, "environment SLUICE_LISTENERS")}) {
                BOOST_REQUIRE(loaded->problems.size() == 1U);
                BOOST_TEST(loaded->problems[0].where == source + each.where);
                BOOST_TEST(loaded->problems[0].what.find(each.what) != std::string::npos,
                           loaded->problems[0].what);
            }
        }
    }
    BOOST_TEST(load_variable("[").problems.at(0).what.find("ends too early") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(two_may_take_any_free_port) {
    BOOST_TEST(load(R"({"listeners": [{"address": "127.0.0.1:0"}, {"address": "127.0.0.1:0"}]})")
                   .problems.empty());
}

BOOST_AUTO_TEST_CASE(trusted_proxies_are_networks_or_unix) {
    BOOST_TEST(load(R"({"trusted_proxies": ["10.0.0.0/8", "::1", "unix"]})").problems.empty());
    const auto bad = load(R"({"trusted_proxies": ["::1", "balancer"]})");
    BOOST_REQUIRE(bad.problems.size() == 1U);
    BOOST_TEST(bad.problems[0].where == "sluice.json: trusted_proxies");
    BOOST_TEST(bad.problems[0].what.starts_with("entry 2 must be an address or a CIDR block"));
}

BOOST_AUTO_TEST_SUITE_END()
