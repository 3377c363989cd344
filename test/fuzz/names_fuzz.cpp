// Fuzzes templates and identifiers: an accepted template maps every accepted media to a path below
// the root, and never two media to one file. Lines: kind, template, then trainer, course, module,
// lesson, filename of one media and of another.
#include "core/download/download_name.hpp"
#include "core/media/media_layout.hpp"
#include "test/fuzz/fuzz.hpp"

#include <algorithm>
#include <array>

using namespace sluice;

namespace {

using five_names = std::array<std::string_view, 5>;

five_names next_names(std::string_view& text) {
    five_names names;
    std::ranges::generate(names, [&] { return fuzz::next_line(text); });
    return names;
}

core::result<core::media_id> media_of(core::media_kind kind, const five_names& names) {
    const auto [trainer, course, module, lesson, filename] = names;
    switch (kind) {
    case core::media_kind::lesson:
        return core::media_id::lesson(trainer, course, module, lesson, filename);
    case core::media_kind::course:
        return core::media_id::course(course, filename);
    case core::media_kind::module:
        break;
    }
    return core::media_id::module(course, module, filename);
}

void check_path(std::string_view path) {
    while (true) {
        const auto slash = path.find('/');
        const auto segment = path.substr(0, slash);
        fuzz::require(!segment.empty() && segment != "." && segment != "..");
        fuzz::require(segment.find('\0') == segment.npos && segment.find('\\') == segment.npos);
        if (slash == path.npos) {
            return;
        }
        path.remove_prefix(slash + 1);
    }
}

void check_disposition(std::string_view filename) {
    std::string value;
    core::append_content_disposition(filename, value);
    fuzz::require(value.starts_with("attachment; filename=\""));
    fuzz::require(std::ranges::all_of(value, [](char c) { return c >= ' ' && c <= '~'; }));
    fuzz::require(std::ranges::count(value, '"') == 2 && value.find('\\') == value.npos);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    auto text = fuzz::text_of(data, size);
    const auto kind = core::parse_media_kind(fuzz::next_line(text));
    if (!kind) {
        return 0;
    }
    std::string problem;
    const auto layout = core::layout_template::parse(*kind, fuzz::next_line(text), problem);
    fuzz::require(layout.has_value() == problem.empty());
    const auto one_names = next_names(text);
    const auto other_names = next_names(text);
    const auto one = media_of(*kind, one_names);
    const auto other = media_of(*kind, other_names);
    if (one) {
        check_disposition(one->filename());
    }
    if (!layout || !one || !other) {
        return 0;
    }
    std::string path;
    std::string other_path;
    fuzz::require(layout->expand(*one, "trainer", path)); // one template reserves nothing
    fuzz::require(layout->expand(*other, "trainer", other_path));
    check_path(path);
    // A template need not contain the trainer: trainers then share files, as the operator has
    // configured.
    const bool is_same = *one == *other;
    const bool differs_by_trainer_alone =
        std::equal(one_names.begin() + 1, one_names.end(), other_names.begin() + 1);
    fuzz::require(is_same ? path == other_path
                          : path != other_path ||
                                (!layout->names_trainer() && differs_by_trainer_alone));
    return 0;
}
