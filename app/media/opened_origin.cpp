#include "app/media/opened_origin.hpp"

#include "core/config/config_origins.hpp"

#include <stdexcept>
#include <utility>

namespace sluice::app {

namespace {

core::layout_template template_of(core::media_kind kind, const std::string& text) {
    std::string problem;
    auto parsed = core::layout_template::parse(kind, text, problem);
    if (!parsed) { // core::validate() has rejected invalid templates
        throw std::invalid_argument("media layout \"" + text + "\": " + problem);
    }
    return *std::move(parsed);
}

core::media_layout layout_of(const core::origin_settings& origin) {
    core::media_kind at{};
    std::string problem;
    auto layout = core::media_layout::combine(
        template_of(core::media_kind::lesson, origin.layout_lesson),
        template_of(core::media_kind::course, origin.layout_course),
        template_of(core::media_kind::module, origin.layout_module), at, problem);
    if (!layout) { // core::validate() has rejected conflicting templates
        throw std::invalid_argument("media layout of a " + std::string(name_of(at)) + ": " +
                                    problem);
    }
    return *std::move(layout);
}

core::catalogue catalogue_of(core::media_store* store, const core::media_layout& layout,
                             const core::trainer_filter& trainers) {
    if (store != nullptr) {
        return {*store, layout.course_directory(), trainers};
    }
    return core::catalogue(trainers);
}

} // namespace

opened_origin::opened_origin(core::origin_settings from, std::string where)
    : settings(std::move(from)), place(std::move(where)), layout(layout_of(settings)),
      trainers(settings.trainers),
      store(settings.root.empty() ? nullptr : std::make_unique<core::media_store>(settings.root)),
      courses(catalogue_of(store.get(), layout, trainers)) {}

opened_origins open_origins(const core::config::media_section& media) {
    opened_origins opened;
    for (auto& one : core::all_origins(media)) {
        opened.emplace_back(std::move(one), core::origin_place(media, opened.size()));
    }
    return opened;
}

std::vector<const core::catalogue*> catalogues_of(const opened_origins& all) {
    std::vector<const core::catalogue*> catalogues;
    for (const auto& one : all) {
        catalogues.push_back(&one.courses);
    }
    return catalogues;
}

std::vector<core::media_origin> described(const opened_origins& all) {
    std::vector<core::media_origin> origins;
    for (const auto& one : all) {
        origins.push_back({.layout = one.layout,
                           .trainers = one.trainers,
                           .store = one.store.get(),
                           .courses = &one.courses});
    }
    return origins;
}

} // namespace sluice::app
