#include "app/status/reload_history.hpp"

#include <utility>

namespace sluice::app {

void reload_history::note(entry one) {
    constexpr std::string_view cut = "...";
    if (one.detail.size() > most_detail_bytes) {
        auto size = most_detail_bytes - cut.size();
        while (size > 0 && (static_cast<unsigned char>(one.detail[size]) & 0xC0U) == 0x80U) {
            --size; // not within a character
        }
        one.detail.replace(size, std::string::npos, cut);
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
