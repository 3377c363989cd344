#include "app/status/reload_history.hpp"

#include "core/text/utf8.hpp"

#include <string_view>
#include <utility>

namespace sluice::app {

void reload_history::note(entry one) {
    constexpr std::string_view cut = "...";
    if (one.detail.size() > most_detail_bytes) {
        one.detail.resize(core::cut_utf8(one.detail, most_detail_bytes - cut.size()).size());
        one.detail.append(cut);
    }
    const std::lock_guard lock(mutex_);
    entries_.push_front(std::move(one));
    if (entries_.size() > most) {
        entries_.pop_back();
    }
}

std::vector<reload_history::entry> reload_history::list() const {
    const std::lock_guard lock(mutex_);
    return {entries_.begin(), entries_.end()};
}

} // namespace sluice::app
