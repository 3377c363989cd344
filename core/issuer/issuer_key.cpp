#include "core/issuer/issuer_key.hpp"

#include "core/token/token_service.hpp"
#include "crypto/base64url.hpp"
#include "crypto/hmac_sha256.hpp"
#include "crypto/random.hpp"

#include <algorithm>
#include <cstddef>
#include <utility>

namespace sluice::core {

namespace {

constexpr std::size_t random_size = 32;        // bytes
constexpr std::int64_t second = 1'000'000'000; // nanoseconds

std::string_view view_of(const crypto::sha256_digest& digest) noexcept {
    // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast)
    return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

} // namespace

rate_limiter::rate_limiter(unsigned rate) noexcept : interval_(rate == 0 ? 0 : second / rate) {}

bool rate_limiter::take(std::chrono::steady_clock::time_point now) noexcept {
    const auto instant =
        std::chrono::duration_cast<std::chrono::nanoseconds>(now.time_since_epoch()).count();
    auto next = next_.load(std::memory_order_relaxed);
    while (interval_ != 0) {
        if (next - instant > second - interval_) {
            return false;
        }
        const auto after = std::max(next, instant) + interval_;
        if (next_.compare_exchange_weak(next, after, std::memory_order_relaxed)) {
            break;
        }
    }
    return true;
}

issuer_keys::issuer_keys(std::vector<issuer_key> keys)
    : keys_(std::move(keys)), limits_(new std::unique_ptr<rate_limiter>[keys_.size()]) {
    for (std::size_t i = 0; i < keys_.size(); ++i) {
        limits_[i] = std::make_unique<rate_limiter>(keys_[i].rate);
    }
}

// Every digest is compared, whether or not the name matches: the duration must not reveal which
// names exist.
result<const issuer_key*> issuer_keys::find(std::string_view text,
                                            std::chrono::sys_seconds now) const {
    const auto digest = crypto::sha256(text);
    const issuer_key* found = nullptr;
    for (const auto& key : keys_) {
        if (crypto::equal_in_constant_time(view_of(digest), view_of(key.digest))) {
            found = &key;
        }
    }
    // A digest of another text, such as the empty one, would be a mistake in the key file.
    if (found == nullptr || !looks_like_issuer_key(text) ||
        (found->not_after && now.time_since_epoch().count() >= *found->not_after)) {
        return failure{errc::issuer_key_invalid};
    }
    return found;
}

result<void> issuer_keys::charge(const issuer_key& key,
                                 std::chrono::steady_clock::time_point now) const {
    const auto index = static_cast<std::size_t>(&key - keys_.data());
    return limits_[index]->take(now) ? result<void>{} : failure{errc::rate_exceeded};
}

bool looks_like_issuer_key(std::string_view text) noexcept {
    return text.starts_with(issuer_key_prefix);
}

std::string make_issuer_key(std::string_view name) {
    return std::string(issuer_key_prefix)
        .append(name)
        .append("_")
        .append(crypto::base64url_encode(crypto::random_bytes(random_size)));
}

result<void> permit(const issuer_key& key, media_kind type, std::string_view trainer_id) {
    if (!key.types.empty() && std::ranges::count(key.types, type) == 0) {
        return failure{errc::issuer_not_permitted, "type"};
    }
    if (!key.trainers.empty() &&
        std::ranges::find(key.trainers, trainer_id) == key.trainers.end()) {
        return failure{errc::issuer_not_permitted, "trainer"};
    }
    return {};
}

} // namespace sluice::core
