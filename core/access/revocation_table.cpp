#include "core/access/revocation_table.hpp"

#include <algorithm>
#include <bit>

namespace sluice::core {

namespace {

constexpr std::int64_t all_of_them = std::numeric_limits<std::int64_t>::max();
constexpr std::size_t fewest_slots = 1024;

} // namespace

revocation_table::revocation_table(const crypto::siphash_key& key, std::size_t entries)
    : key_(key), slots_(std::bit_ceil(std::max(entries * 2, fewest_slots))),
      table_(std::make_unique<slot[]>(slots_)) {}

std::uint64_t revocation_table::fingerprint(revocation_kind kind,
                                            std::string_view text) const noexcept {
    // One hash key for each kind: a user may have the same name as a signing key.
    const crypto::siphash_key key{key_.k0 + static_cast<std::uint64_t>(kind), key_.k1};
    return std::max<std::uint64_t>(crypto::siphash(key, text), 1);
}

token_trace revocation_table::trace(const claims& of) const noexcept {
    token_trace trace;
    if (!of.jti.empty()) {
        trace.token = fingerprint(revocation_kind::token, of.jti);
    }
    if (!of.signed_by.empty()) {
        trace.key = fingerprint(revocation_kind::key, of.signed_by);
    }
    trace.user = fingerprint(revocation_kind::user, of.user_id);
    if (of.iat) {
        trace.issued_at =
            of.iat->seconds; // compared with whole seconds, so the fraction is irrelevant
    }
    return trace;
}

bool revocation_table::kills(std::uint64_t wanted, std::int64_t issued_at) const noexcept {
    if (wanted == 0) {
        return false;
    }
    for (std::size_t i = wanted & (slots_ - 1);; i = (i + 1) & (slots_ - 1)) {
        const auto found = table_[i].fingerprint.load(std::memory_order_acquire);
        if (found == 0) { // at most half of the slots are taken
            return false;
        }
        if (found == wanted) {
            return issued_at < table_[i].before.load(std::memory_order_relaxed);
        }
    }
}

bool revocation_table::kills(const token_trace& what) const noexcept {
    return kills(what.token, what.issued_at) || kills(what.user, what.issued_at) ||
           kills(what.key, what.issued_at);
}

bool revocation_table::put(std::uint64_t wanted, std::int64_t before) noexcept {
    std::size_t i = wanted & (slots_ - 1);
    for (;; i = (i + 1) & (slots_ - 1)) {
        const auto found = table_[i].fingerprint.load(std::memory_order_relaxed);
        if (found == wanted) {
            const auto known = table_[i].before.load(std::memory_order_relaxed);
            table_[i].before.store(std::max(known, before), std::memory_order_relaxed);
            return true;
        }
        if (found == 0) {
            break;
        }
    }
    const auto size = size_.load(std::memory_order_relaxed);
    if (size >= capacity()) {
        return false;
    }
    // The time is stored first: a reader that sees the fingerprint also sees its time.
    table_[i].before.store(before, std::memory_order_relaxed);
    table_[i].fingerprint.store(wanted, std::memory_order_release);
    size_.store(size + 1, std::memory_order_relaxed);
    return true;
}

bool revocation_table::add(const revocation& one) noexcept {
    return put(fingerprint(one.kind, one.subject), one.issued_before.value_or(all_of_them));
}

std::shared_ptr<revocation_table> revocation_table::grown() const {
    auto next = std::make_shared<revocation_table>(key_, capacity() * 2);
    for (std::size_t i = 0; i < slots_; ++i) {
        const auto found = table_[i].fingerprint.load(std::memory_order_relaxed);
        if (found != 0) {
            static_cast<void>(next->put(found, table_[i].before.load(std::memory_order_relaxed)));
        }
    }
    return next;
}

} // namespace sluice::core
