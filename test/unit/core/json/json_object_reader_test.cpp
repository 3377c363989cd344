#include "core/json/json_object_reader.hpp"

#include <boost/test/unit_test.hpp>

#include <array>
#include <string>
#include <utility>

namespace core = sluice::core;

BOOST_AUTO_TEST_SUITE(json_object_reader)

struct outcome {
    core::result<void> result;
    std::string text;
    std::string lenient;
    std::optional<std::int64_t> number;
};

outcome read(std::string_view json) {
    outcome got;
    const std::array members{
        core::json_member{.name = "text", .destination = &got.text},
        core::json_member{.name = "lenient", .destination = &got.lenient, .null_is_absent = true},
        core::json_member{.name = "number", .destination = &got.number},
        core::json_member{.name = "forbidden", .destination = core::json_forbidden{}},
    };
    got.result = core::read_json_object(json, members, core::errc::token_claims);
    return got;
}

/// An object with `count` different names.
std::string object_of(std::size_t count) {
    std::string json = "{";
    for (std::size_t i = 0; i < count; ++i) {
        json += (i == 0 ? "\"n" : ",\"n") + std::to_string(i) + "\":0";
    }
    return json + "}";
}

std::string nested(std::size_t depth) {
    return R"({"x":)" + std::string(depth, '[') + std::string(depth, ']') + "}";
}

BOOST_AUTO_TEST_CASE(assigns_what_is_there) {
    const auto got = read(R"( { "number" : 7 , "text" : "a" , "x" : [1,{"text":2}] } )");
    BOOST_TEST(got.result.has_value());
    BOOST_TEST(got.text == "a");
    BOOST_TEST(got.lenient.empty());
    BOOST_TEST((got.number == 7));
    BOOST_TEST(read("{}").result.has_value());
    BOOST_TEST(read(R"({"lenient":null})").result.has_value());
}

BOOST_AUTO_TEST_CASE(unescapes) {
    const std::string longest(3000, 'x');
    const std::array<std::pair<std::string, std::string>, 6> vectors{{
        {R"("\"\\\/")", "\"\\/"},
        {R"("a\u00e9b")", "aéb"},
        {R"("\ud83c\udfac")", "🎬"},
        {"\"é🎬\"", "é🎬"},
        {"\"" + longest + "\\n" + longest + "\"", longest + "\n" + longest},
        {R"("\u0000")", std::string(1, '\0')},
    }};
    for (const auto& [json, text] : vectors) {
        BOOST_TEST_CONTEXT(json) {
            const auto got = read(R"({"text":)" + json + "}");
            BOOST_TEST(got.result.has_value());
            BOOST_TEST(got.text == text);
        }
    }
    BOOST_TEST(read(R"({"t\u0065xt":"x"})").text == "x"); // a name is compared unescaped
}

BOOST_AUTO_TEST_CASE(reuses_capacity) {
    std::string text(1000, 'x');
    const char* const buffer = text.data();
    const std::array members{core::json_member{.name = "text", .destination = &text}};
    BOOST_TEST(
        core::read_json_object(R"({"text":"a text too long for the small buffer of a string"})",
                               members, core::errc::token_claims)
            .has_value());
    BOOST_TEST(text == "a text too long for the small buffer of a string");
    BOOST_TEST((text.data() == buffer));
}

BOOST_AUTO_TEST_CASE(integers_only_up_to_2_53) {
    const std::array<std::pair<std::string_view, std::optional<std::int64_t>>, 3> good{{
        {"0", 0},
        {"1700000000", 1'700'000'000},
        {"9007199254740991", 9'007'199'254'740'991},
    }};
    for (const auto& [json, value] : good) {
        BOOST_TEST_CONTEXT(json) {
            const auto got = read(R"({"number":)" + std::string(json) + "}");
            BOOST_TEST(got.result.has_value());
            BOOST_TEST((got.number == value));
        }
    }
    for (const std::string json : {"9007199254740992",
                                   "-1",
                                   "900.0",
                                   "1e3",
                                   "1E3",
                                   "1e308",
                                   "1e999",
                                   "0.5",
                                   "9223372036854775807",
                                   "9223372036854775808",
                                   "18446744073709551616",
                                   "99999999999999999999999999",
                                   "true",
                                   "null",
                                   "\"1\"",
                                   "[1]",
                                   "{}",
                                   "01",
                                   "+1",
                                   "0x10",
                                   "NaN",
                                   "Infinity",
                                   "-",
                                   ".5",
                                   "1."}) {
        BOOST_TEST_CONTEXT(json) {
            BOOST_TEST(!read(R"({"number":)" + json + "}").result.has_value());
        }
    }
}

BOOST_AUTO_TEST_CASE(a_refusal_names_the_member) {
    const std::array<std::pair<std::string_view, std::string_view>, 12> vectors{{
        {R"({"text":1})", "text"},
        {R"({"text":1.5})", "text"},
        {R"({"text":null})", "text"},
        {R"({"text":true})", "text"},
        {R"({"text":["a"]})", "text"},
        {R"({"text":{"text":"a"}})", "text"},
        {R"({"text":""})", "text"},
        {R"({"number":"7"})", "number"},
        {R"({"lenient":false})", "lenient"},
        {R"({"forbidden":null})", "forbidden"},
        {R"({"text":"a","x":1,"text":"b"})", "text"},
        {R"({"lenient":null,"lenient":"a"})", "lenient"},
    }};
    for (const auto& [json, subject] : vectors) {
        BOOST_TEST_CONTEXT(json) {
            const auto got = read(json);
            BOOST_REQUIRE(!got.result.has_value());
            BOOST_TEST((got.result.error().code == core::errc::token_claims));
            BOOST_TEST(got.result.error().subject == subject);
        }
    }
}

// docs/security.md, threat 3: a repeated name is rejected in every spelling, whether or not the
// member is known.
BOOST_AUTO_TEST_CASE(repeated_names) {
    for (const std::string_view json : {R"({"x":1,"x":1})", R"({"x":1,"y":2,"\u0078":3})",
                                        R"({"":1,"":2})", R"({"text":"a","t\u0065xt":"a"})"}) {
        BOOST_TEST_CONTEXT(json) {
            BOOST_TEST(!read(json).result.has_value());
        }
    }
    BOOST_TEST(read(R"({"x":{"y":1,"y":2},"X":[{"x":1}]})").result.has_value()); // top level only
}

BOOST_AUTO_TEST_CASE(not_one_strict_object) {
    for (const std::string_view json : {"",
                                        " ",
                                        "null",
                                        "7",
                                        "\"text\"",
                                        "[]",
                                        R"([{"text":"a"}])",
                                        "{",
                                        "}",
                                        R"({"text")",
                                        R"({"text":)",
                                        R"({"text":"a)",
                                        R"({"text":"a")",
                                        R"({"text":"a",})",
                                        R"({,})",
                                        R"({"text":"a"}})",
                                        R"({"text":"a"}{})",
                                        R"({"text":"a"} x)",
                                        R"({'text':'a'})",
                                        R"({text:"a"})",
                                        R"({"text":"a"/**/})",
                                        "{\"text\":\"a\nb\"}",
                                        R"({"text":"\x41"})",
                                        R"({"text":"\ud83c"})",
                                        R"({"text":"\udfac\ud83c"})",
                                        "\xef\xbb\xbf{}"}) {
        BOOST_TEST_CONTEXT(json) {
            BOOST_TEST(!read(json).result.has_value());
        }
    }
    BOOST_TEST(!read(std::string_view("{}\0", 3)).result.has_value());
}

// docs/security.md, threat 16, inside a token.
BOOST_AUTO_TEST_CASE(invalid_utf8) {
    for (const std::string bytes : {"\xc0\xaf", "\xe0\x80\xaf", "\xed\xa0\x80", "\xf4\x90\x80\x80",
                                    "\x80", "\xff", "\xc3", "\xf0\x9f\x8e"}) {
        for (const std::string& json : {R"({"text":")" + bytes + "\"}", R"({"x":")" + bytes + "\"}",
                                        R"({")" + bytes + "\":1}", R"({"text":")" + bytes}) {
            BOOST_TEST_CONTEXT(json) {
                BOOST_TEST(!read(json).result.has_value());
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(limits) {
    BOOST_TEST(read(object_of(core::max_json_members)).result.has_value());
    BOOST_TEST(!read(object_of(core::max_json_members + 1)).result.has_value());

    const auto named = [](std::size_t size) { return "{\"" + std::string(size, 'n') + "\":1}"; };
    BOOST_TEST(read(named(core::max_json_name_bytes)).result.has_value());
    BOOST_TEST(!read(named(core::max_json_name_bytes + 1)).result.has_value());
    for (const std::size_t plain :
         {0U, 1U, 60U, 63U, 64U}) { // an escape splits a name into two parts
        const auto escaped = [&](std::size_t more) {
            std::string json = "{\"" + std::string(plain, 'n');
            for (std::size_t i = 0; i < more; ++i) {
                json += "\\u0041";
            }
            return json + "\":1}";
        };
        BOOST_TEST(read(escaped(core::max_json_name_bytes - plain)).result.has_value());
        BOOST_TEST(!read(escaped(core::max_json_name_bytes - plain + 1)).result.has_value());
        BOOST_TEST(!read(escaped(10'000)).result.has_value());
    }

    BOOST_TEST(read(nested(core::max_json_depth - 1)).result.has_value());
    BOOST_TEST(!read(nested(core::max_json_depth)).result.has_value());
    BOOST_TEST(!read(nested(100'000)).result.has_value());
}

BOOST_AUTO_TEST_SUITE_END()
