#include "core/json/plain_object.hpp"
#include "core/token/claims.hpp"

#include <boost/test/unit_test.hpp>

#include <array>
#include <random>
#include <string>
#include <utility>

namespace core = sluice::core;

BOOST_AUTO_TEST_SUITE(plain_object)

struct values {
    std::string first;
    std::string second;
    std::optional<std::int64_t> number;
    std::string last;

    friend bool operator==(const values&, const values&) = default;
};

template <class Read>
auto read_into(values& got, Read read) {
    const std::array members{
        core::json_member{.name = "first", .destination = &got.first},
        core::json_member{.name = "second", .destination = &got.second, .null_is_absent = true},
        core::json_member{.name = "number", .destination = &got.number},
        core::json_member{.name = "forbidden", .destination = core::json_forbidden{}},
        core::json_member{.name = "last", .destination = &got.last},
    };
    return read(std::span<const core::json_member>(members));
}

bool is_plain(std::string_view json, values& got) {
    return read_into(got, [&](auto members) { return core::read_plain_object(json, members); });
}

bool is_good(std::string_view json, values& got) {
    return read_into(got, [&](auto members) {
        return core::read_any_json_object(json, members, core::errc::token_claims).has_value();
    });
}

BOOST_AUTO_TEST_CASE(takes_flat_objects_of_any_order) {
    const std::array<std::string_view, 18> plain{
        R"({"first":"a"})",
        R"({"first":"a","second":"b","number":7,"last":"c"})",
        R"({"second":"b","last":"c"})",
        R"({"number":0})",
        R"({"number":999999999999999})",
        R"({"first":"Été à la plage.mp4"})",
        R"({"first":"日本語の授業.mp4","last":"a/b:c,d{e}[f]"})",
        "{\"first\":\"\x7f\"}",
        R"({"last":"a","first":"b"})",
        R"({"last":"c","number":7,"second":"b","first":"a"})",
        R"({"first": "a"})",
        R"({ "last" :  "a" , "first" : "b" })",
        R"({"second":null,"first":"a"})",
        R"({"first":"a","second":null})",
        R"({"sub":"u","first":"a","level":3,"ok":true,"no":false,"none":null,"empty":""})",
        R"({"a":1,"b":1,"c":1,"d":1,"e":1,"f":1,"g":1,"h":1})",
        R"({"firs":"a","firsts":"b","First":"c","first":"d"})",
        R"({"x":"{[,:]}","first":"a"})",
    };
    for (const auto json : plain) {
        BOOST_TEST_CONTEXT(json) {
            values quick;
            values full;
            BOOST_TEST(is_plain(json, quick));
            BOOST_TEST(is_good(json, full));
            BOOST_TEST((quick == full));
        }
    }
}

BOOST_AUTO_TEST_CASE(leaves_everything_else_to_the_full_reader) {
    const std::array<std::string_view, 43> others{
        "",
        "{",
        "{}",
        "{ }",
        R"( {"first":"a"})",
        R"({"first":"a"} )",
        R"({"first":"a",})",
        R"({"first":"a", })",
        R"({,"first":"a"})",
        R"({"first":"a""last":"b"})",
        R"({"first":"a" "last":"b"})",
        R"({"first" "a"})",
        R"({"first":"a","first":"b"})",
        R"({"first":"a","last":"c","first":"b"})",
        R"({"second":null,"second":"a"})",
        R"({"x":1,"first":"a","x":1})",
        R"({"first":""})",
        R"({"first":"a\"b"})",
        R"({"first":"a\u0041"})",
        R"({"\u0066irst":"a"})",
        "{\"first\":\"a\tb\"}",
        "{\"first\":\t\"b\"}",
        "{\"first\":\n\"b\"}",
        "{\"first\":\"\xc0\xaf\"}",
        "{\"x\":\"\xc0\xaf\"}",
        R"({"first":1})",
        R"({"first":null})",
        R"({"number":"1"})",
        R"({"number":null})",
        R"({"number":01})",
        R"({"number":1.0})",
        R"({"number":1e3})",
        R"({"number":1000000000000000})",
        R"({"second":nullx})",
        R"({"forbidden":1})",
        R"({"x":[1]})",
        R"({"x":{"first":"a"}})",
        R"({"x":-1})",
        R"({"x":1.5})",
        R"({"x":tru})",
        R"({"x":})",
        R"({"":1})",
        R"({"a":1,"b":1,"c":1,"d":1,"e":1,"f":1,"g":1,"h":1,"i":1})",
    };
    for (const auto json : others) {
        BOOST_TEST_CONTEXT(json) {
            values got;
            BOOST_TEST(!is_plain(json, got));
        }
    }
}

// Every text that the fast path accepts is accepted by the full reader too, with the same values.
// When the fast path stops half-way, the full reader's result is not affected.
BOOST_AUTO_TEST_CASE(agrees_with_the_full_reader_on_a_million_near_misses) {
    std::mt19937 random(20261124);
    const auto pick = [&](std::size_t below) {
        return std::uniform_int_distribution<std::size_t>{0, below - 1}(random);
    };
    const std::array<std::string_view, 7> seeds{
        R"({"first":"a","second":"b","number":7,"last":"c"})",
        R"({"number": 7, "last": "c", "first": "a"})",
        R"({"sub":"u","second":null,"first":"a","level":3,"ok":true})",
        R"({"last":"c","a":1,"second":"b","b":"","first":"a"})",
        R"({"first":"plage à","number":123456789012345,"last":"日本"})",
        R"({"second":"b","number":0})",
        R"({"first":"a b","x":[1],"last":"c"})",
    };
    const std::string_view bytes =
        "{}[]\"\\:,0123456789.-+eEnull trufasx\t\n\x01\x7f\x80\xc3\xa9\xe0\xed\xf0\xff/";
    std::size_t plain = 0;
    for (int i = 0; i < 1'000'000; ++i) {
        std::string json(seeds[pick(seeds.size())]);
        for (auto changes = pick(3); changes > 0; --changes) {
            const auto at = pick(json.size());
            switch (pick(4)) {
            case 0:
                json[at] = bytes[pick(bytes.size())];
                break;
            case 1:
                json.erase(at, 1 + pick(3));
                break;
            case 2:
                json.insert(at, 1, bytes[pick(bytes.size())]);
                break;
            default: { // repeats a piece at a random place
                const auto piece = json.substr(at, 1 + pick(14));
                json.insert(pick(json.size()), piece);
            }
            }
            if (json.empty()) {
                json = "{";
            }
        }
        values quick;
        values full;
        const bool is_quick = is_plain(json, quick);
        const bool good = is_good(json, full);
        plain += is_quick ? 1 : 0;
        if (is_quick && !(good && quick == full)) {
            BOOST_ERROR("the quick road differs on " << json);
        }
        if (!is_quick && good) {
            is_good(json, quick); // over the values left there
            if (!(quick == full)) {
                BOOST_ERROR("something is left behind by " << json);
            }
        }
    }
    BOOST_TEST(plain > 100'000U);
    BOOST_TEST(plain < 900'000U);
}

BOOST_AUTO_TEST_SUITE_END()
