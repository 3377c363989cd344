#include "http/connection/worker.hpp"

#include "core/download/http_date.hpp"
#include "http/loop/persist.hpp"

#include <boost/asio/post.hpp>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <exception>
#include <iterator>
#include <utility>
#include <vector>

namespace sluice::http {

namespace {

constexpr std::size_t pooled = 256;       // objects a worker keeps for the next request
constexpr std::size_t pooled_sent = 4096; // each connection has a few of these, for up to two ticks

} // namespace

worker::worker(std::shared_ptr<const site> where, log_sink* sink)
    : in_force_(std::make_shared<era>(era{where, file_cache(where->limits.cache)})),
      where_(where.get()), clock_(where_->clock), context_(1),
      mailbox_(std::make_shared<mailbox>(context_)), work_(net::make_work_guard(context_)),
      ticker_(context_.get_executor()), deadlines_(clock_.steady()), turns_(context_),
      ready_(context_, turns_), read_{clock_.steady(), clock_.wall()}, log_(sink, count_),
      inbounds_(pooled,
                [this] {
                    auto one = std::make_unique<inbound>(mailbox_);
                    one->asked.objects = objects_.get();
                    return one;
                }),
      outbounds_(pooled, [] { return std::make_unique<outbound>(); }),
      sent_responses_(pooled_sent, [] { return std::make_unique<sent_response>(); }) {}

worker::~worker() {
    mailbox_->close();
    while (!connections_.empty()) {
        connections_.front().stop(); // stop() unlinks it
    }
    log_.flush();
    objects_.reset(); // its calls end before the context
}

void worker::run() {
    persist([this] { schedule_tick(); });
    while (!context_.stopped()) {
        try {
            context_.run();
        } catch (const std::exception&) { // from a hand-over or a tick: sessions catch their own
            count_.faults.add();
        }
    }
}

void worker::stop() {
    context_.stop();
}

void worker::renew(std::shared_ptr<const site> next) {
    net::post(context_, [this, next = std::move(next)]() mutable {
        auto later = std::make_shared<era>(era{next, file_cache(next->limits.cache)});
        in_force_->files.clear(); // a pinned request opens its file again
        in_force_ = std::move(later);
        where_ = next.get();
    });
}

void worker::revoke(std::shared_ptr<const core::revocation_table> table) {
    net::post(context_, [this, table = std::move(table)]() mutable {
        revoked_ = std::move(table);
        for (auto& one : connections_) { // recheck() removes none: a cut connection ends later
            one.recheck(*revoked_);
        }
    });
}

void worker::report_transfers(std::size_t most, std::function<void(transfer_report)> to) {
    net::post(context_, [this, most, to = std::move(to)] {
        std::vector<transfer_view> all;
        for (const auto& one : connections_) {
            if (const auto seen = one.transfer(); is_of_file(seen)) {
                all.push_back(seen);
            }
        }
        to(describe_oldest(std::move(all), most));
    });
}

void worker::schedule_tick() {
    ticker_.expires_after(deadline_wheel::tick);
    ticker_.async_wait([this](error_code ec) {
        if (ec) {
            return;
        }
        read_clocks();
        const auto now = read_.steady;
        if (where_->is_draining.load(std::memory_order_relaxed)) {
            count_owing(); // before rounds_: see application::have_gone_round()
        }
        rounds_.add();
        deadlines_.advance(now);
        in_force_->files.expire(now);
        check_delivery();
        log_.flush();
        if (where_->trainers != nullptr && !trainers_.is_empty()) {
            where_->trainers->take(trainers_);
        }
        if (where_->users != nullptr) {
            serve_users(*where_->users, now);
        }
        persist([this] { schedule_tick(); });
    });
}

void worker::read_clocks() noexcept {
    read_ = {clock_.steady(), clock_.wall()};
    read_in_ = 0;
}

worker::time_pair worker::round_time() noexcept {
    if (!turns_.is_in_round() || read_in_ != turns_.round()) {
        read_clocks();
        read_in_ = turns_.round();
    }
    return read_;
}

core::access_fields worker::noted_fields() const noexcept {
    auto fields = log_.is_on() ? where_->log.fields : core::access_fields();
    if (where_->trainers != nullptr) {
        fields.add(core::access_field::trainer_id);
    }
    return fields;
}

void worker::count_trainer(const exchange_record& of, const finished_response& over,
                           std::uint64_t delivered) noexcept {
    // Only those two: the name in a path that was rejected is a stranger's choice.
    const bool is_served =
        over.route == route_label::download && (over.status == 200 || over.status == 206);
    if (where_->trainers == nullptr || !is_served) {
        return;
    }
    trainers_.add(of.note.name(core::access_field::trainer_id), delivered);
}

void worker::count_owing() noexcept {
    std::uint64_t count = 0;
    for (const auto& one : connections_) {
        count += one.owes_bytes() ? 1 : 0;
    }
    owing_.subtract(owing_.value());
    owing_.add(count);
}

void worker::await_delivery(connection& one) noexcept {
    if (!one.delivery_hook::is_linked()) {
        awaited_.push_back(one);
    }
}

void worker::check_delivery() noexcept {
    for (auto one = awaited_.begin(); one != awaited_.end();) {
        one = one->check_delivery() ? awaited_.erase(one) : std::next(one);
    }
}

void worker::serve_users(user_transfers& users, std::chrono::steady_clock::time_point now) {
    users.expire(now);
    const auto count = users.displacements();
    if (std::exchange(displacements_, count) != count) {
        for (auto& one : connections_) { // removes none, as above
            one.yield_place();
        }
    }
}

void worker::adopt(arrival from, const session_starter& by) noexcept {
    count_.connections_accepted.add();
    if (!from.peer.is_unix) {
        const int on = 1; // may fail: a closed socket shows at the first read
        ::setsockopt(from.socket.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    }
    begin(std::move(from), by);
}

void worker::begin(arrival from, const session_starter& by) noexcept try {
    by.start(*this, std::move(from));
} catch (const std::exception&) { // out of memory for a session: the socket closes
    count_.faults.add();
}

void worker::enlist(connection& one) {
    connections_.push_back(one);
}

std::string_view worker::date(std::chrono::sys_seconds now) {
    if (now != date_of_ || date_.empty()) {
        date_ = core::format_http_date(now.time_since_epoch().count());
        date_of_ = now;
    }
    return date_;
}

} // namespace sluice::http
