#include "http/connection/delivery.hpp"

#include <algorithm>

namespace sluice::http {

finished_response delivery::count_sent(const outbound& one, time_point instant) noexcept {
    auto& count = owner_.count();
    const auto& record = one.record();
    using std::chrono::floor;
    using std::chrono::microseconds;
    const finished_response over{.route = record.route,
                                 .status = one.answer.status(),
                                 .bytes = one.writer.bytes_sent(),
                                 .header_bytes = one.answer.header_bytes(),
                                 .to_first_byte =
                                     floor<microseconds>(record.first_byte - record.started),
                                 .to_end = floor<microseconds>(instant - record.started)};
    count_response(over, count);
    count.requests_active.subtract();
    return over;
}

// Closes the descriptor now, not at the next use of the pooled object.
void delivery::give_back(std::unique_ptr<outbound> one) noexcept {
    one->answer.clear();
    owner_.outbounds().give_back(std::move(one));
}

void delivery::conclude(std::unique_ptr<outbound> one, outcome how, time_point instant,
                        std::optional<std::uint64_t> left) noexcept {
    const auto over = count_sent(*one, instant);
    position_ += over.bytes;
    std::optional<std::uint64_t> delivered;
    if (left) {
        delivered = body_part(over.bytes - std::min(over.bytes, *left), over.header_bytes);
    }
    report(how, delivered, one->record(), one->facts->id, over, owner_.wall_at(instant));
    give_back(std::move(one));
}

void delivery::hold(std::unique_ptr<outbound> one, bool is_alone, time_point instant) noexcept {
    const auto over = count_sent(*one, instant);
    auto kept = std::move(one->facts);
    kept->over = over;
    kept->ended = owner_.wall_at(instant);
    kept->first = position_;
    kept->is_first_flight = kept->over.bytes < least_awaited && is_alone;
    kept->was_seen = false;
    position_ += kept->over.bytes;
    sent_.push(std::move(kept));
    give_back(std::move(one));
}

void delivery::settle(std::uint64_t left) noexcept {
    const auto acknowledged = position_ - std::min(position_, left);
    while (!sent_.is_empty()) {
        const auto& one = sent_.front();
        if (one.first + one.over.bytes > acknowledged) {
            return;
        }
        settle_first(outcome::complete, one.over.bytes);
    }
}

void delivery::settle_all(std::uint64_t left, std::uint64_t unfinished,
                          std::string_view cause) noexcept {
    left -= std::min(left, unfinished); // these are the last
    settle(left);
    const auto acknowledged = position_ - std::min(position_, left);
    while (!sent_.is_empty()) {
        auto& one = sent_.front();
        if (!cause.empty()) {
            one.record.cause = cause;
        }
        settle_first(cause.empty() ? outcome::aborted : outcome::cut,
                     acknowledged - std::min(acknowledged, one.first));
    }
}

void delivery::settle_first(outcome how, std::uint64_t acknowledged) noexcept {
    auto one = sent_.pop();
    report(how, body_part(acknowledged, one->over.header_bytes), one->record, one->id, one->over,
           one->ended);
    owner_.sent_responses().give_back(std::move(one));
}

void delivery::report(outcome how, std::optional<std::uint64_t> delivered,
                      const exchange_record& record, const request_id& id,
                      const finished_response& over,
                      std::chrono::system_clock::time_point ended) noexcept {
    auto& count = owner_.count();
    count.bytes_delivered.add(delivered.value_or(0));
    owner_.count_trainer(record, over, delivered.value_or(0));
    if (how != outcome::complete) {
        (how == outcome::cut ? count.transfers_cut : count.transfers_lost).add();
    }
    if (owner_.log().is_on()) {
        owner_.log().write({.time = ended,
                            .request_id = id.view(),
                            .peer = record.client.empty() ? peer_.address : record.client,
                            .over = over,
                            .delivered = delivered,
                            .how = how,
                            .record = record},
                           owner_.where().log);
    }
}

} // namespace sluice::http
