#include "core/access/revocation.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

namespace sluice::core {

namespace {

constexpr std::array<std::string_view, 3> names{"token", "user", "key"};

} // namespace

std::string_view name_of(revocation_kind kind) noexcept {
    return names[static_cast<std::size_t>(kind)];
}

std::optional<revocation_kind> parse_revocation_kind(std::string_view text) noexcept {
    const auto* const found = std::ranges::find(names, text);
    if (found == names.end()) {
        return std::nullopt;
    }
    return static_cast<revocation_kind>(found - names.begin());
}

} // namespace sluice::core
