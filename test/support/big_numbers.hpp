#pragma once
// Arithmetic on the big-endian numbers of signatures and keys.

#include <openssl/bn.h>

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

namespace sluice::test {

/// The sum of `wide` and `addend`, or their difference: big-endian, with the size of `wide`; ""
/// when it does not fit.
inline std::string sum(std::string_view wide, std::string_view addend, bool subtract = false) {
    const auto number = [](std::string_view text) {
        return std::unique_ptr<BIGNUM, decltype(&BN_free)>(
            BN_bin2bn(reinterpret_cast<const unsigned char*>(text.data()),
                      static_cast<int>(text.size()), nullptr),
            &BN_free);
    };
    const auto a = number(wide);
    const auto b = number(addend);
    const int good =
        subtract ? BN_sub(a.get(), a.get(), b.get()) : BN_add(a.get(), a.get(), b.get());
    std::string out(wide.size(), '\0');
    const auto size = static_cast<int>(out.size());
    return good == 1 &&
                   BN_bn2binpad(a.get(), reinterpret_cast<unsigned char*>(out.data()), size) == size
               ? out
               : std::string{};
}

inline std::string unhex(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); i += 2) {
        out += static_cast<char>(std::stoi(std::string(text.substr(i, 2)), nullptr, 16));
    }
    return out;
}

} // namespace sluice::test
