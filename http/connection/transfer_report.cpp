#include "http/connection/transfer_report.hpp"

#include "http/connection/worker.hpp"

#include <algorithm>
#include <cstddef>
#include <iterator>

namespace sluice::http {

namespace {

transfer_facts facts_of(const transfer_view& one) {
    const auto& what = *one.what;
    const auto place = what.answer.file().place();
    transfer_facts facts{.media = what.answer.file().media(),
                         .origin = std::string(place.origin),
                         .path = std::string(place.path),
                         .user_id = what.record().user_id,
                         .request_id = std::string(what.facts->id.view()),
                         .started = what.record().started,
                         .sent = what.writer.bytes_sent(),
                         .waits_for = one.waits_for};
    for (const auto& part : what.answer.segments()) {
        facts.length += part.length;
    }
    return facts;
}

bool is_older(const transfer_view& a, const transfer_view& b) noexcept {
    return a.what->record().started < b.what->record().started;
}

} // namespace

bool is_of_file(const transfer_view& one) noexcept {
    return one.what != nullptr && one.what->answer.file().media() != nullptr;
}

transfer_report describe_oldest(std::vector<transfer_view> all, std::size_t most) {
    const auto count = std::min(most, all.size());
    const auto end = all.begin() + static_cast<std::ptrdiff_t>(count);
    std::partial_sort(all.begin(), end, all.end(), is_older);
    transfer_report report{.oldest = {}, .more = all.size() - count};
    report.oldest.reserve(count);
    std::transform(all.begin(), end, std::back_inserter(report.oldest), facts_of);
    return report;
}

} // namespace sluice::http
