#include "http/client/cache_life.hpp"

#include "core/text/ascii_case.hpp"
#include "core/text/decimal.hpp"
#include "core/text/trimmed.hpp"

#include <algorithm>
#include <cstdint>

namespace sluice::http {

namespace {

// RFC 9111 §1.2.2: a larger number counts as this one.
constexpr std::uint64_t most_seconds = 1ULL << 31U;

/// nullopt unless `text` is digits, with or without quotes.
std::optional<std::chrono::seconds> delta_seconds(std::string_view text) {
    text = core::trimmed(text, "\"");
    if (text.empty() || text.find_first_not_of("0123456789") != std::string_view::npos) {
        return std::nullopt;
    }
    const auto number = core::parse_decimal<std::uint64_t>(text).value_or(most_seconds);
    return std::chrono::seconds(std::min(number, most_seconds));
}

} // namespace

std::optional<std::chrono::seconds> cache_life(std::string_view cache_control,
                                               std::string_view age) {
    using std::chrono::seconds;
    std::optional<seconds> life;
    while (!cache_control.empty()) {
        const auto comma = std::min(cache_control.find(','), cache_control.size());
        const auto directive = core::trimmed(cache_control.substr(0, comma));
        cache_control.remove_prefix(std::min(comma + 1, cache_control.size()));
        const auto equals = std::min(directive.find('='), directive.size());
        const auto name = core::trimmed(directive.substr(0, equals));
        if (core::iequals(name, "no-store") || core::iequals(name, "no-cache")) {
            return seconds(0);
        }
        if (core::iequals(name, "max-age") && !life && equals < directive.size()) {
            life = delta_seconds(core::trimmed(directive.substr(equals + 1))).value_or(seconds(0));
        }
    }
    if (life) {
        const auto spent = delta_seconds(core::trimmed(age)).value_or(seconds(0));
        life = std::max(*life - spent, seconds(0));
    }
    return life;
}

} // namespace sluice::http
