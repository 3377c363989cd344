#include "http/connection/connection_gate.hpp"

#include <bit>
#include <random>

namespace sluice::http {

namespace {

// One peer may take only a few of the places that wait to be rejected, so that other peers still
// receive a response.
constexpr unsigned refusals_per_peer = 8;

// The finaliser of SplitMix64 (Steele, Lea, Flood 2014): a bijection in which every bit counts.
constexpr std::uint64_t mixed(std::uint64_t x) noexcept {
    x = (x ^ (x >> 30U)) * 0xBF58476D1CE4E5B9U;
    x = (x ^ (x >> 27U)) * 0x94D049BB133111EBU;
    return x ^ (x >> 31U);
}

std::uint64_t random_key() {
    std::random_device source;
    return (std::uint64_t{source()} << 32U) | source();
}

} // namespace

std::size_t
connection_gate::keyed_hash::operator()(const core::ip_address& address) const noexcept {
    const auto halves = std::bit_cast<std::array<std::uint64_t, 2>>(address);
    return mixed(mixed(halves[0] ^ key) ^ halves[1] ^ std::rotl(key, 32));
}

connection_gate::connection_gate(settings with)
    : with_(std::move(with)), by_peer_(0, keyed_hash{random_key()}) {}

void connection_gate::renew(settings with) {
    const std::scoped_lock lock(mutex_);
    with_ = std::move(with);
}

connection_gate::verdict connection_gate::admit(const std::optional<core::ip_address>& from) {
    const std::scoped_lock lock(mutex_);
    verdict given;
    if (open_ >= std::size_t{with_.connections} + with_.refusals) {
        given.how = admission::turned_away;
        return given;
    }
    given.how = open_ >= with_.connections ? admission::no_room : admission::served;
    if (from && !core::contains(with_.uncounted, *from)) {
        const auto peer = core::peer_of(*from);
        auto& open = by_peer_[peer].open;
        if (open >= with_.per_peer) {
            given.limit = limit_label::connections_per_peer;
            given.how = admission::peer_is_full;
        }
        if (open >= with_.per_peer + refusals_per_peer) {
            given.how = admission::dropped;
            return given;
        }
        ++open;
        given.place.peer_ = peer;
    }
    ++open_;
    given.place.gate_ = this;
    return given;
}

void connection_gate::leave(const std::optional<core::ip_address>& peer) noexcept {
    const std::scoped_lock lock(mutex_);
    --open_;
    if (!peer) {
        return;
    }
    const auto found = by_peer_.find(*peer);
    if (--found->second.open == 0) {
        by_peer_.erase(found);
    }
}

connection_gate::pause connection_gate::admit_pause(const std::optional<core::ip_address>& peer) {
    const std::scoped_lock lock(mutex_);
    pause given;
    if (paused_ >= with_.paused) {
        return given;
    }
    if (peer) {
        auto& paused = by_peer_.find(*peer)->second.paused; // it has a place
        if (paused >= with_.paused_per_peer) {
            return given;
        }
        ++paused;
    }
    ++paused_;
    given.gate_ = this;
    given.peer_ = peer;
    return given;
}

void connection_gate::resume(const std::optional<core::ip_address>& peer) noexcept {
    const std::scoped_lock lock(mutex_);
    --paused_;
    if (peer) {
        --by_peer_.find(*peer)->second.paused;
    }
}

std::size_t connection_gate::open() const {
    const std::scoped_lock lock(mutex_);
    return open_;
}

} // namespace sluice::http
