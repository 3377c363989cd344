#include "core/token/claims.hpp"

#include <boost/json/parse.hpp>
#include <boost/test/unit_test.hpp>

#include <array>
#include <string>
#include <utility>

namespace core = sluice::core;

BOOST_AUTO_TEST_SUITE(claims)

constexpr std::string_view lesson_json =
    R"({"type":"lesson","filename":"Video.mp4","rel":"t/c/m/l","user_id":"u",)"
    R"("iat":1,"nbf":2,"exp":3,"jti":"j","iss":"i","aud":"a"})";

BOOST_AUTO_TEST_CASE(every_claim_of_a_lesson) {
    core::claims read;
    BOOST_REQUIRE(core::parse_claims(lesson_json, read).has_value());
    BOOST_TEST((read.kind == core::media_kind::lesson));
    BOOST_TEST(read.filename == "Video.mp4");
    BOOST_TEST(read.rel == "t/c/m/l");
    BOOST_TEST(read.course_id.empty());
    BOOST_TEST(read.module_id.empty());
    BOOST_TEST(read.user_id == "u");
    BOOST_TEST((read.iat == 1));
    BOOST_TEST((read.nbf == 2));
    BOOST_TEST((read.exp == 3));
    BOOST_TEST(read.jti == "j");
    BOOST_TEST(read.iss == "i");
    BOOST_TEST(read.aud == "a");
}

BOOST_AUTO_TEST_CASE(nothing_is_left_of_the_token_before) {
    core::claims read;
    BOOST_REQUIRE(core::parse_claims(lesson_json, read).has_value());
    BOOST_REQUIRE(
        core::parse_claims(
            R"({"type":"course","filename":"f","course_id":"c","user_id":"v","exp":9})", read)
            .has_value());
    BOOST_TEST((read.kind == core::media_kind::course));
    BOOST_TEST(read.rel.empty());
    BOOST_TEST(read.course_id == "c");
    BOOST_TEST(!read.iat.has_value());
    BOOST_TEST(!read.nbf.has_value());
    BOOST_TEST(read.jti.empty());
    BOOST_TEST(read.iss.empty());
    BOOST_TEST(read.aud.empty());
    BOOST_TEST(!core::parse_claims("{}", read).has_value());
    BOOST_TEST(read.course_id.empty());
    BOOST_TEST((read.exp == 0));
}

// docs/api.md, the resume window: a NumericDate later than exp.
BOOST_AUTO_TEST_CASE(the_end_of_the_resume_window) {
    const auto read_with = [](const std::string& claim, core::claims& read) {
        return core::parse_claims(R"({"type":"course","filename":"f","course_id":"c",)"
                                  R"("user_id":"v","exp":9)" +
                                      claim + "}",
                                  read);
    };
    core::claims read;
    BOOST_REQUIRE(read_with("", read).has_value());
    BOOST_TEST(!read.resume_until.has_value());
    const std::array<std::pair<std::string, core::numeric_date>, 4> good{
        {{R"(,"resume_until":10)", {10}},
         {R"(,"resume_until":9.25)", {9, 250'000'000}},
         {R"(,"resume_until":1e3)", {1000}},
         {R"(,"resume_until":1.5E1)", {15}}}};
    for (const auto& [claim, until] : good) {
        BOOST_TEST_CONTEXT(claim) {
            BOOST_REQUIRE(read_with(claim, read).has_value());
            BOOST_TEST((read.resume_until == until));
        }
    }
    for (const auto* claim :
         {R"(,"resume_until":9)", R"(,"resume_until":9.0)", R"(,"resume_until":8.9)",
          R"(,"resume_until":0)", R"(,"resume_until":-1)", R"(,"resume_until":"10")",
          R"(,"resume_until":null)", R"(,"resume_until":1e300)", R"(,"resume_until":true)",
          R"(,"resume_until":[10])", R"(,"resume_until":9007199254740992)"}) {
        const auto verdict = read_with(claim, read);
        BOOST_TEST_CONTEXT(claim) {
            BOOST_REQUIRE(!verdict.has_value());
            BOOST_TEST(
                (verdict.error() == core::failure{core::errc::token_claims, "resume_until"}));
        }
    }
    read.resume_until = 20;
    std::string text;
    BOOST_REQUIRE(read_with(R"(,"resume_until":10)", read).has_value());
    core::append_json(read, text);
    BOOST_TEST(text == R"({"type":"course","filename":"f","course_id":"c","user_id":"v","exp":9,)"
                       R"("resume_until":10})");
    read.clear();
    BOOST_TEST(!read.resume_until.has_value());
}

BOOST_AUTO_TEST_CASE(binding_by_type) {
    const std::string common = R"(,"filename":"f","user_id":"u","exp":9})";
    const std::array<std::pair<std::string_view, std::string_view>, 23> vectors{{
        {R"({"type":"lesson","rel":"t/c/m/l")", ""},
        {R"({"type":"lesson","rel":"t/c/m/l","course_id":null,"module_id":null)", ""},
        {R"({"type":"course","course_id":"c")", ""},
        {R"({"type":"course","course_id":"c","rel":null,"module_id":null)", ""},
        {R"({"type":"module","course_id":"c","module_id":"m")", ""},
        {R"({"type":"module","course_id":"c","module_id":"m","rel":null)", ""},
        {R"({"type":"lesson")", "rel"},
        {R"({"type":"lesson","rel":null)", "rel"},
        {R"({"type":"lesson","rel":"t/c/m/l","course_id":"c")", "course_id"},
        {R"({"type":"lesson","rel":"t/c/m/l","module_id":"m")", "module_id"},
        {R"({"type":"course","course_id":"c","rel":"t/c/m/l")", "rel"},
        {R"({"type":"course","course_id":"c","rel":"")", "rel"},
        {R"({"type":"course")", "course_id"},
        {R"({"type":"course","course_id":"c","module_id":"m")", "module_id"},
        {R"({"type":"module","module_id":"m")", "course_id"},
        {R"({"type":"module","course_id":"c")", "module_id"},
        {R"({"type":"lesson","rel":"t/c/m/l","owner":null)", ""},
        {R"({"type":"course","course_id":"c","owner":"t")", ""},
        {R"({"type":"module","course_id":"c","module_id":"m","owner":"t")", ""},
        {R"({"type":"lesson","rel":"t/c/m/l","owner":"t")", "owner"},
        {R"({"type":"course","course_id":"c","owner":"")", "owner"},
        {R"({"type":"course","course_id":"c","owner":"..")", "owner"},
        {R"({"type":"course","course_id":"c","owner":1)", "owner"},
    }};
    for (const auto& [start, subject] : vectors) {
        BOOST_TEST_CONTEXT(start) {
            core::claims read;
            const auto parsed = core::parse_claims(std::string(start) + common, read);
            BOOST_TEST(parsed.has_value() == subject.empty());
            BOOST_TEST((parsed ? "" : parsed.error().subject) == subject);
        }
    }
}

/// A lesson's claims with the JSON `value` for `name`, or without `name` when `value` is empty.
std::string lesson_with(std::string_view name, std::string_view value) {
    const std::array<std::pair<std::string_view, std::string_view>, 5> good{{
        {"type", R"("lesson")"},
        {"filename", R"("f")"},
        {"rel", R"("t/c/m/l")"},
        {"user_id", R"("u")"},
        {"exp", "9"},
    }};
    std::string json = "{\"x\":0";
    bool replaced = false;
    const auto add = [&json](std::string_view member, std::string_view text) {
        if (!text.empty()) {
            json.append(",\"").append(member).append("\":").append(text);
        }
    };
    for (const auto& [member, text] : good) {
        add(member, member == name ? value : text);
        replaced = replaced || member == name;
    }
    if (!replaced) {
        add(name, value);
    }
    return json + "}";
}

// docs/security.md, threat 33 for the numbers.
BOOST_AUTO_TEST_CASE(wrong_missing_and_null_claims) {
    BOOST_TEST_REQUIRE(lesson_with("exp", "7").ends_with(R"("exp":7})"));
    const std::array<std::pair<std::string_view, std::string_view>, 47> vectors{{
        {"type", ""},
        {"type", "null"},
        {"type", "1"},
        {"type", R"("Lesson")"},
        {"type", R"("")"},
        {"type", R"("video")"},
        {"filename", ""},
        {"filename", "null"},
        {"filename", "[]"},
        {"filename", R"("")"},
        {"user_id", ""},
        {"user_id", "null"},
        {"user_id", "7"},
        {"user_id", R"("")"},
        {"user_id", R"("..")"},
        {"user_id", R"("a/b")"},
        {"user_id", R"("a\u0000")"},
        {"user_id", R"("a\nb")"},
        {"exp", ""},
        {"exp", "null"},
        {"exp", R"("9999999999")"},
        {"exp", "1e308"},
        {"exp", "1e400"},
        {"exp", "-1"},
        {"exp", "-0.5"},
        {"exp", "9007199254740991.5"},
        {"exp", "1e16"},
        {"exp", "9007199254740992"},
        {"exp", "true"},
        {"iat", "null"},
        {"iat", R"("1")"},
        {"iat", "-1.5"},
        {"iat", "-1"},
        {"nbf", "null"},
        {"nbf", "{}"},
        {"jti", "null"},
        {"jti", "7"},
        {"iss", "null"},
        {"aud", "null"},
        {"aud", R"(["a"])"},
        {"rel", "7"},
        {"rate", "0"},
        {"rate", "null"},
        {"rate", "-1"},
        {"rate", "1.5"},
        {"rate", R"("9")"},
        {"rate", "1099511627777"},
    }};
    for (const auto& [name, value] : vectors) {
        BOOST_TEST_CONTEXT(name << ": " << value) {
            core::claims read;
            const auto parsed = core::parse_claims(lesson_with(name, value), read);
            BOOST_REQUIRE(!parsed.has_value());
            BOOST_TEST((parsed.error().code == core::errc::token_claims));
            BOOST_TEST(parsed.error().subject == name);
        }
    }
}

// RFC 7519 §2: a number in any notation.
BOOST_AUTO_TEST_CASE(times_are_numbers) {
    struct sample {
        std::string_view text;
        core::numeric_date wanted;
    };
    for (const auto& [text, wanted] :
         {sample{"900", {900}}, sample{"900.0", {900}}, sample{"900.5", {900, 500'000'000}},
          sample{"9e2", {900}}, sample{"9.005E+2", {900, 500'000'000}}, sample{"90000e-2", {900}},
          sample{"0.25", {0, 250'000'000}}, sample{"-0", {0}},
          sample{"9007199254740991", {9'007'199'254'740'991}}}) {
        for (const auto* name : {"exp", "iat", "nbf"}) {
            BOOST_TEST_CONTEXT(name << " " << text) {
                core::claims read;
                BOOST_REQUIRE(core::parse_claims(lesson_with(name, text), read).has_value());
                const auto found = name == std::string_view("exp")   ? read.exp
                                   : name == std::string_view("iat") ? read.iat.value()
                                                                     : read.nbf.value();
                BOOST_TEST((found == wanted));
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(rate_is_read_and_written) {
    core::claims read;
    BOOST_REQUIRE(core::parse_claims(lesson_with("rate", "1099511627776"), read).has_value());
    BOOST_TEST(read.rate.value() == std::int64_t{1} << 40);
    std::string text;
    core::append_json(read, text);
    BOOST_TEST(text.find(R"("rate":1099511627776)") != std::string::npos);
    BOOST_REQUIRE(core::parse_claims(lesson_json, read).has_value());
    BOOST_TEST(!read.rate.has_value());
}

BOOST_AUTO_TEST_CASE(media_judges_the_identifiers) {
    core::claims read;
    BOOST_REQUIRE(core::parse_claims(lesson_json, read).has_value());
    const auto media = read.media();
    BOOST_REQUIRE(media.has_value());
    BOOST_TEST((*media == *core::media_id::lesson("t", "c", "m", "l", "Video.mp4")));

    const std::array<std::pair<std::string_view, std::string_view>, 6> hostile{{
        {"rel", R"("t/c/m")"},
        {"rel", R"("t/c/m/l/x")"},
        {"rel", R"("/c/m/l")"},
        {"rel", R"("t/../m/l")"},
        {"filename", R"("../f")"},
        {"filename", R"("f\u202e4pm")"},
    }};
    for (const auto& [name, value] : hostile) {
        BOOST_TEST_CONTEXT(name << ": " << value) {
            BOOST_REQUIRE(core::parse_claims(lesson_with(name, value), read).has_value());
            const auto refused = read.media();
            BOOST_REQUIRE(!refused.has_value());
            BOOST_TEST((refused.error() == core::failure{core::errc::token_claims, name}));
        }
    }
}

// Every part is compared to its last byte, never by a prefix.
BOOST_AUTO_TEST_CASE(bound_to_one_piece_of_media_alone) {
    core::claims lesson;
    lesson.kind = core::media_kind::lesson;
    lesson.rel = "t1/c1/m1/l1";
    lesson.filename = "f1";
    core::claims module;
    module.kind = core::media_kind::module;
    module.course_id = "c1";
    module.module_id = "m1";
    module.filename = "f1";
    core::claims course = module;
    course.kind = core::media_kind::course;
    course.module_id.clear();
    const auto lesson_of = [](const std::array<std::string_view, 5>& parts) {
        return *core::media_id::lesson(parts[0], parts[1], parts[2], parts[3], parts[4]);
    };
    const std::array<std::string_view, 5> good{"t1", "c1", "m1", "l1", "f1"};
    BOOST_TEST(lesson.are_bound_to(lesson_of(good)));
    BOOST_TEST(module.are_bound_to(*core::media_id::module("c1", "m1", "f1")));
    BOOST_TEST(course.are_bound_to(*core::media_id::course("c1", "f1")));
    for (std::size_t i = 0; i < good.size(); ++i) {
        const std::string longer = std::string(good[i]) + "0";
        for (const std::string& other : {longer, std::string(good[i].substr(0, 1)), "x1" + longer,
                                         std::string(1, good[i][0]) + "2"}) {
            BOOST_TEST_CONTEXT("part " << i << " as " << other) {
                auto parts = good;
                parts[i] = other;
                BOOST_TEST(!lesson.are_bound_to(lesson_of(parts)));
                if (i == 1 || i == 2 || i == 4) {
                    const auto media = *core::media_id::module(parts[1], parts[2], parts[4]);
                    BOOST_TEST(!module.are_bound_to(media));
                }
                if (i == 1 || i == 4) {
                    BOOST_TEST(!course.are_bound_to(*core::media_id::course(parts[1], parts[4])));
                }
                // The reverse case: the token's part is the longer one.
                auto claims = lesson;
                claims.rel = lesson_of(parts).rel();
                claims.filename = parts[4];
                BOOST_TEST(!claims.are_bound_to(lesson_of(good)));
            }
        }
    }
    BOOST_TEST(!course.are_bound_to(*core::media_id::module("c1", "m1", "f1")));
    BOOST_TEST(!module.are_bound_to(*core::media_id::course("c1", "f1")));
}

// Decision 7: the fast reader reads the claims that we write. A claim out of order would cost time.
BOOST_AUTO_TEST_CASE(the_owner_is_written_and_read_back) {
    core::claims written;
    written.kind = core::media_kind::module;
    written.filename = "f";
    written.course_id = "c";
    written.module_id = "m";
    written.owner = "t";
    written.user_id = "u";
    written.exp = 9;
    std::string json;
    core::append_json(written, json);
    BOOST_TEST(json == R"({"type":"module","filename":"f","course_id":"c","module_id":"m",)"
                       R"("owner":"t","user_id":"u","exp":9})");
    core::claims read;
    BOOST_REQUIRE(core::parse_claims(json, read).has_value());
    BOOST_TEST(read.owner == "t");
    BOOST_REQUIRE(core::parse_claims(lesson_json, read).has_value());
    BOOST_TEST(read.owner.empty());
}

BOOST_AUTO_TEST_CASE(media_of_each_type) {
    core::claims read;
    read.filename = "f";
    read.course_id = "c";
    read.kind = core::media_kind::course;
    BOOST_TEST((*read.media() == *core::media_id::course("c", "f")));
    read.kind = core::media_kind::module;
    read.module_id = "m";
    BOOST_TEST((*read.media() == *core::media_id::module("c", "m", "f")));
}

BOOST_AUTO_TEST_CASE(json_of_the_least_and_the_most) {
    core::claims written;
    written.kind = core::media_kind::course;
    written.filename = "f";
    written.course_id = "c";
    written.user_id = "u";
    written.exp = 9;
    std::string json = "kept:";
    core::append_json(written, json);
    BOOST_TEST(json ==
               R"(kept:{"type":"course","filename":"f","course_id":"c","user_id":"u","exp":9})");

    core::claims all;
    BOOST_REQUIRE(core::parse_claims(lesson_json, all).has_value());
    json.clear();
    core::append_json(all, json);
    BOOST_TEST(boost::json::parse(json) == boost::json::parse(lesson_json));
}

BOOST_AUTO_TEST_CASE(every_text_survives_the_round_trip) {
    std::string controls;
    for (char c = 0; c < 0x20; ++c) {
        controls.push_back(c);
    }
    for (const std::string& name : {std::string(R"(a "quoted" \ name)"), controls + "\x7f",
                                    std::string("é 🎬 ファイル"), std::string(R"(\u0041)")}) {
        BOOST_TEST_CONTEXT(name) {
            core::claims written;
            written.filename = name;
            written.rel = "t/c/m/l";
            written.user_id = "u";
            std::string json;
            core::append_json(written, json);
            core::claims read;
            BOOST_REQUIRE(core::parse_claims(json, read).has_value());
            BOOST_TEST(read.filename == name);
            BOOST_TEST(boost::json::parse(json).at("filename").as_string() == name);
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()
