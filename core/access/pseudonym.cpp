#include "core/access/pseudonym.hpp"

#include "crypto/secret.hpp"

#include <algorithm>
#include <functional>

namespace sluice::core {

namespace {

crypto::hmac_key derive(const crypto::hmac_key& site) {
    auto tag = site.mac("sluice access log user_id");
    auto key = crypto::hmac_key::make(
        {reinterpret_cast<const char*>(tag.data()), tag.size()}); // NOLINT: bytes as text
    crypto::wipe(tag.data(), tag.size());
    return *std::move(key); // 32 bytes always suffice
}

} // namespace

// A user_id is never empty, so this entry matches no user.
pseudonyms::pseudonyms(const crypto::hmac_key& site) : key_(derive(site)), fingerprint_(of({})) {}

std::array<char, 16> pseudonyms::of(std::string_view user_id) const noexcept {
    constexpr std::string_view digits = "0123456789abcdef";
    const auto tag = key_.mac(user_id);
    std::array<char, 16> name{};
    for (std::size_t i = 0; i < name.size(); ++i) {
        name[i] = digits[(i % 2 == 0 ? tag[i / 2] >> 4U : tag[i / 2]) & 0x0FU];
    }
    return name;
}

std::array<char, 16> pseudonym_cache::of(std::string_view user_id,
                                         const pseudonyms& names) noexcept {
    if (fingerprint_ != names.fingerprint()) { // after a reload
        entries_.fill({});
        fingerprint_ = names.fingerprint();
    }
    entry& kept = entries_[std::hash<std::string_view>{}(user_id) % entries];
    if (std::string_view(kept.user_id.data(), kept.size) != user_id) {
        if (user_id.size() > kept.user_id.size()) {
            return names.of(user_id);
        }
        std::ranges::copy(user_id, kept.user_id.begin());
        kept.size = static_cast<std::uint8_t>(user_id.size());
        kept.name = names.of(user_id);
    }
    return kept.name;
}

} // namespace sluice::core
