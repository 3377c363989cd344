#include "http/client/idle_channels.hpp"

#include <utility>

namespace sluice::http {

namespace {

using clock = std::chrono::steady_clock;

} // namespace

idle_channels::idle_channels(net::io_context& context, std::chrono::milliseconds life,
                             std::size_t per_place, std::shared_ptr<client_counts> counts)
    : sweep_(context), life_(life), per_place_(per_place), counts_(std::move(counts)) {}

idle_channels::~idle_channels() {
    close();
}

std::unique_ptr<channel> idle_channels::take(const std::string& place) {
    drop_old();
    const auto found = all_.find(place);
    std::unique_ptr<channel> one;
    // The newest is the least likely to be closed. When it is, the older ones are probably too.
    while (found != all_.end() && !found->second.empty() && !one) {
        one = std::move(found->second.back().where);
        found->second.pop_back();
        counts_->idle.fetch_sub(1);
        if (!one->is_silent()) {
            one = nullptr;
        }
    }
    return one;
}

bool idle_channels::has_room(const std::string& place) const {
    const auto found = all_.find(place);
    return (found == all_.end() ? 0 : found->second.size()) < per_place_;
}

void idle_channels::put(const std::string& place, std::unique_ptr<channel> one) {
    all_[place].push_back({std::move(one), clock::now()});
    counts_->idle.fetch_add(1);
    if (!is_sweeping_) {
        sweep_later();
    }
}

void idle_channels::close() noexcept {
    per_place_ = 0;
    for (const auto& [place, of_place] : all_) {
        counts_->idle.fetch_sub(of_place.size());
    }
    all_.clear();
    sweep_.cancel();
}

void idle_channels::drop_old() {
    const auto oldest = clock::now() - life_;
    for (auto& [place, of_place] : all_) {
        counts_->idle.fetch_sub(
            std::erase_if(of_place, [oldest](const auto& one) { return one.since <= oldest; }));
    }
    std::erase_if(all_, [](const auto& one) { return one.second.empty(); });
}

void idle_channels::sweep_later() {
    is_sweeping_ = true;
    sweep_.expires_after(life_);
    sweep_.async_wait([weak = weak_from_this()](const error_code& ec) {
        const auto self = weak.lock();
        if (ec || !self) {
            return;
        }
        self->is_sweeping_ = false;
        self->drop_old();
        if (!self->all_.empty()) {
            self->sweep_later();
        }
    });
}

} // namespace sluice::http
