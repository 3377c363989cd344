#include "app/media/media_inquiry.hpp"

#include "core/media/name_twin.hpp"
#include "core/text/canonical_form.hpp"

#include <array>
#include <iterator>
#include <utility>

namespace sluice::app {

media_inquiry::media_inquiry(const core::config& settings)
    : origins_(open_origins(settings.media)), stores_(origins_.size()),
      owners_(catalogues_of(origins_)), library_(described(origins_), owners_) {
    auto store = stores_.begin();
    for (const auto& one : origins_) {
        if (one.store == nullptr) {
            store->emplace(one.settings, one.place, settings.storage.open_timeout);
        }
        ++store;
    }
}

std::string media_inquiry::read_courses() {
    std::string first;
    auto store = stores_.begin();
    for (auto& one : origins_) {
        if (!*store) {
            one.courses.refresh();
        } else if (auto fault = (*store)->list(one.layout.course_directory(), one.courses);
                   first.empty()) {
            first = std::move(fault);
        }
        ++store;
    }
    return first;
}

const opened_origin& media_inquiry::origin_of(const core::media_library::candidate& at) const {
    return *std::next(origins_.begin(), static_cast<std::ptrdiff_t>(at.origin));
}

media_inquiry::answer media_inquiry::find(const core::media_library::candidate& at) {
    if (auto& store = stores_[at.origin]) {
        return store->find(at.path);
    }
    const auto found = origin_of(at).store->open(at.path);
    if (!found && found.error().code != core::errc::media_not_found) {
        return {.fault = "the file cannot be opened now. Check the mount, its permissions and "
                         "ulimit -n"};
    }
    return {.is_there = found.has_value()};
}

std::string media_inquiry::find_twin(const core::media_library::candidate& at) {
    auto& store = stores_[at.origin];
    if (!store) {
        return core::find_name_twin(origin_of(at).store->root(), at.path).value_or("");
    }
    for (auto& other : std::array{core::composed(at.path), core::decomposed(at.path)}) {
        if (other != at.path && store->find(other).is_there) {
            return other;
        }
    }
    return {};
}

std::string media_inquiry::remark_on(const core::media_library::candidate& at) const {
    const auto& store = stores_[at.origin];
    return store ? store->remark() : std::string();
}

} // namespace sluice::app
