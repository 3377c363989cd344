#include "app/status/transfer_round.hpp"

#include <boost/asio/basic_waitable_timer.hpp>

#include <algorithm>
#include <iterator>
#include <utility>

namespace sluice::app {

namespace {

using timer = http::net::basic_waitable_timer<std::chrono::steady_clock,
                                              http::net::wait_traits<std::chrono::steady_clock>,
                                              http::net::io_context::executor_type>;

constexpr std::chrono::seconds patience{1}; // with a worker that is busy

bool is_older(const http::transfer_facts& a, const http::transfer_facts& b) noexcept {
    return a.started < b.started;
}

} // namespace

void transfer_round::start(http::worker& own, const std::vector<http::worker*>& workers,
                           time_point now) {
    began_ = now;
    missing_ = workers.size();
    const auto self = shared_from_this();
    for (auto* const one : workers) {
        one->report_transfers(most_transfers, [self, to = own.mail()](http::transfer_report part) {
            to->post([self, part = std::move(part)]() mutable { self->add(std::move(part)); });
        });
    }
    auto limit = std::make_shared<timer>(own.context().get_executor(), patience);
    limit->async_wait([self, limit](http::error_code) { self->end(); });
}

void transfer_round::add(http::transfer_report part) {
    if (has_ended_) {
        return;
    }
    auto& all = found_.oldest;
    const auto middle = static_cast<std::ptrdiff_t>(all.size());
    std::move(part.oldest.begin(), part.oldest.end(), std::back_inserter(all));
    std::inplace_merge(all.begin(), all.begin() + middle, all.end(), is_older);
    found_.more += part.more;
    if (all.size() > most_transfers) {
        found_.more += all.size() - most_transfers;
        all.resize(most_transfers);
    }
    if (--missing_ == 0) {
        end();
    }
}

void transfer_round::end() {
    if (has_ended_) {
        return;
    }
    has_ended_ = true;
    for (const auto& then : std::exchange(waiting_, {})) {
        then(*this);
    }
    found_ = {};
}

} // namespace sluice::app
