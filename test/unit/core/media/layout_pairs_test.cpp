// docs/security.md, threat 51, for every pair of templates: no directory may have different
// meanings for two templates. The oracle does not compute overlaps: it writes out the directories
// of all identifiers.
#include "core/media/media_layout.hpp"
#include "test/support/layout_segments.hpp"

#include <boost/test/unit_test.hpp>

#include <array>
#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sluice::core {

namespace {

using strings = std::vector<std::string>;

// Names that also occur as literals below, or that look like a literal beside an identifier.
constexpr std::array<std::string_view, 5> ids{"a", "x", "a-x", "x-b", "a-x-b"};

const strings folders{"a", "{trainer_id}", "a-{trainer_id}", "{trainer_id}-b"};
const strings courses{"{course_id}", "a-{course_id}", "{course_id}-b"};

layout_template parsed(media_kind kind, const std::string& text) {
    std::string problem;
    auto layout = layout_template::parse(kind, text, problem);
    BOOST_REQUIRE_MESSAGE(layout, text << ": " << problem);
    return *std::move(layout);
}

/// The templates of a kind: each folder before each course, after it, and none.
strings templates(const std::string& rest) {
    strings all;
    for (const auto& course : courses) {
        all.push_back(course + rest);
        for (const auto& folder : folders) {
            all.push_back(folder + "/" + course + rest);
            all.push_back(course + "/" + folder + rest);
            if (folder != "a") {
                all.push_back("a/" + folder + "/" + course + rest);
            }
        }
    }
    return all;
}

struct kind_of_media {
    media_kind kind;
    std::string rest; // the part after trainer and course
};

const kind_of_media course_kind{media_kind::course, "/{filename}"};
const kind_of_media module_kind{media_kind::module, "/{module_id}/{filename}"};
const kind_of_media lesson_kind{media_kind::lesson, "/a/{module_id}/{lesson_id}/{filename}"};

/// The meaning of each directory on the way to a file, by its path.
using meanings = std::map<std::string, std::string>;

/// Adds the directories of one file; false when one of them already has another meaning.
bool note(const std::string& path, const strings& texts, meanings& known) {
    const auto segments = test::segments_of(texts);
    std::string directory;
    std::string meaning;
    std::string_view rest = path;
    for (std::size_t i = 0; i + 1 < segments.size(); ++i) {
        const auto name = rest.substr(0, rest.find('/'));
        rest.remove_prefix(name.size() + 1);
        directory.append("/").append(name);
        meaning.append("/").append(name_of(segments[i].what)).append("=");
        meaning.append(segments[i].match(name).value_or(name));
        if (known.try_emplace(directory, meaning).first->second != meaning) {
            return false;
        }
    }
    return true;
}

strings split(const std::string& text) {
    strings parts;
    for (std::size_t start = 0; start != std::string::npos;) {
        const auto slash = text.find('/', start);
        parts.push_back(text.substr(start, slash - start));
        start = slash == std::string::npos ? slash : slash + 1;
    }
    return parts;
}

/// Writes every file of `where` that the alphabet allows; false when a directory already had
/// another meaning.
bool write_all(media_kind kind, const layout_template& where, const std::string& text,
               meanings& known) {
    const auto texts = split(text);
    for (const auto trainer : ids) {
        for (const auto course : ids) {
            for (const auto module : ids) {
                const auto media = kind == media_kind::course ? media_id::course(course, "f")
                                   : kind == media_kind::module
                                       ? media_id::module(course, module, "f")
                                       : media_id::lesson(trainer, course, module, module, "f");
                std::string path;
                const bool is_written = where.expand(*media, trainer, path);
                BOOST_REQUIRE(is_written == where.admits(*media, trainer));
                if (is_written && !note(path, texts, known)) {
                    return false;
                }
                if (kind == media_kind::course) {
                    break; // it has no module
                }
            }
        }
    }
    return true;
}

struct tally {
    int apart = 0;
    int refused = 0;
};

void check_pair(const kind_of_media& first, const std::string& one, const kind_of_media& second,
                const std::string& other, tally& count) {
    auto here = parsed(first.kind, one);
    auto there = parsed(second.kind, other);
    const auto problem = layout_template::keep_apart(here, there);
    meanings known;
    const bool is_clear =
        write_all(first.kind, here, one, known) && write_all(second.kind, there, other, known);
    // Accepted pairs are never ambiguous; rejected pairs could have been.
    BOOST_TEST(is_clear == problem.empty(), one << " and " << other << ": " << problem);
    ++(problem.empty() ? count.apart : count.refused);
}

void check_all(const kind_of_media& first, const kind_of_media& second, tally& count) {
    for (const auto& one : templates(first.rest)) {
        for (const auto& other : templates(second.rest)) {
            check_pair(first, one, second, other, count);
        }
    }
}

std::optional<media_layout> combined(const std::string& lesson, const std::string& course,
                                     const std::string& module, media_kind& at,
                                     std::string& problem) {
    return media_layout::combine(parsed(media_kind::lesson, lesson),
                                 parsed(media_kind::course, course),
                                 parsed(media_kind::module, module), at, problem);
}

const std::string lesson_default = "{trainer_id}/{course_id}/{module_id}/{lesson_id}/{filename}";
const std::string course_default = "{trainer_id}/{course_id}/{filename}";
const std::string module_default = "{trainer_id}/{course_id}/{module_id}/{filename}";

} // namespace

BOOST_AUTO_TEST_SUITE(layout_pairs)

BOOST_AUTO_TEST_CASE(no_directory_of_two_templates_has_two_meanings) {
    tally count;
    check_all(course_kind, module_kind, count);
    check_all(lesson_kind, course_kind, count);
    check_all(lesson_kind, module_kind, count);
    BOOST_TEST_MESSAGE(count.apart << " pairs kept apart, " << count.refused << " refused");
    BOOST_TEST(count.apart > 1000);
    BOOST_TEST(count.refused > 100);
}

BOOST_AUTO_TEST_CASE(the_documented_example_reserves_its_folder) {
    media_kind at{};
    std::string problem;
    const auto layout =
        combined(lesson_default, "courses/{course_id}/{filename}", module_default, at, problem);
    BOOST_REQUIRE_MESSAGE(layout, problem);
    const auto stolen = media_id::lesson("courses", "c", "m", "l", "f").value();
    const auto good = media_id::lesson("t", "courses", "m", "l", "f").value();
    const auto module = media_id::module("c", "m", "f").value();
    std::string path;
    BOOST_TEST(!layout->lesson.expand(stolen, {}, path));
    BOOST_TEST(!layout->lesson.admits(stolen, {}));
    BOOST_TEST(layout->lesson.admits(good, {}));
    BOOST_TEST(!layout->module.admits(module, "courses"));
    BOOST_TEST(layout->module.admits(module, "t"));
    const auto directory = layout->course_directory();
    BOOST_REQUIRE(directory.size() == 2U);
    BOOST_TEST(!directory[0].match("courses"));
    BOOST_TEST(directory[0].match("t").value_or("") == "t");
    BOOST_TEST(directory[1].match("courses").value_or("") == "courses");
}

BOOST_AUTO_TEST_CASE(a_pair_that_cannot_be_kept_apart_is_named) {
    media_kind at{};
    std::string problem;
    BOOST_TEST(!combined(lesson_default, "{course_id}/{filename}", module_default, at, problem));
    BOOST_TEST((at == media_kind::course));
    BOOST_TEST(problem.find("media.layout.lesson") != std::string::npos);
    BOOST_TEST(problem.find("\"{trainer_id}\" and \"{course_id}\"") != std::string::npos);
    BOOST_TEST(!combined(lesson_default, course_default,
                         "{course_id}/{trainer_id}/{module_id}/{filename}", at, problem));
    BOOST_TEST((at == media_kind::module));
    BOOST_TEST(combined(lesson_default, course_default, module_default, at, problem).has_value());
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace sluice::core
