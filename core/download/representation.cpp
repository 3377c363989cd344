#include "core/download/representation.hpp"

#include "core/download/entity_tag.hpp"
#include "core/download/http_date.hpp"

#include <algorithm>

namespace sluice::core {

namespace {

using namespace std::chrono;

/// True when `moment` lies at least `ago` before `now`. Safe for any moment a file system can hold.
[[nodiscard]] bool is_past(const file_time& moment, system_clock::time_point now,
                           nanoseconds ago) noexcept {
    const auto limit = time_point_cast<nanoseconds>(now) - ago;
    const auto second = floor<seconds>(limit);
    const file_time last{second.time_since_epoch().count(),
                         static_cast<std::uint32_t>((limit - second).count())};
    return moment <= last;
}

} // namespace

bool is_settled(const media_facts& facts, system_clock::time_point now) noexcept {
    const auto tick = facts.ctime.nanoseconds == 0 ? nanoseconds(settling_time) : ctime_tick;
    return is_past(facts.ctime, now, tick) &&
           is_past(std::min(facts.mtime, facts.ctime), now, settling_time);
}

representation describe(const media_facts& facts, system_clock::time_point now,
                        reused_validators reused) {
    representation version;
    version.size = facts.size;
    version.last_modified = facts.mtime.seconds;
    version.unmodified_since =
        reused.date ? facts.ctime.seconds : std::min(facts.mtime.seconds, facts.ctime.seconds);
    if (!version.is_dated() || !is_settled(facts, now)) {
        return version;
    }
    if (!reused.tag) {
        version.etag = make_entity_tag(facts);
    }
    if (!reused.date) {
        version.last_modified_text = format_http_date(version.last_modified);
    }
    return version;
}

} // namespace sluice::core
