#include "core/pseudonym.hpp"

#include "crypto/secret.hpp"

namespace sluice::core {

namespace {

crypto::hmac_key derive(const crypto::hmac_key& site) {
    auto tag = site.mac("sluice access log user_id");
    auto key = crypto::hmac_key::make(
        {reinterpret_cast<const char*>(tag.data()), tag.size()}); // NOLINT: bytes as text
    crypto::wipe(tag.data(), tag.size());
    return *std::move(key); // 32 bytes are never too few
}

} // namespace

pseudonyms::pseudonyms(const crypto::hmac_key& site) : key_(derive(site)) {}

std::array<char, 16> pseudonyms::of(std::string_view user_id) const noexcept {
    constexpr std::string_view digits = "0123456789abcdef";
    const auto tag = key_.mac(user_id);
    std::array<char, 16> name{};
    for (std::size_t i = 0; i < name.size(); ++i) {
        name[i] = digits[(i % 2 == 0 ? tag[i / 2] >> 4U : tag[i / 2]) & 0x0FU];
    }
    return name;
}

} // namespace sluice::core
