#pragma once
// The query of a request as name=value pairs (HTML form encoding: '&' separates, '+' is a space).

#include "core/result.hpp"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::http {

/// Most parameters that are looked at, so that the work per request is bounded.
inline constexpr std::size_t max_query_parameters = 64;

class query_parameters {
  public:
    /// nullopt on a bad percent escape, in a name or a value, or on too many parameters.
    [[nodiscard]] static std::optional<query_parameters> parse(std::string_view query);

    /// The value of `name`, nullopt where absent, parameter_repeated (with `name` as subject) where
    /// it occurs twice, also when one of the two was spelled with escapes (threats 35). `name` must
    /// be in static storage.
    [[nodiscard]] core::result<std::optional<std::string_view>> get(std::string_view name) const;

    /// Like get(), but absent or empty is parameter_missing.
    [[nodiscard]] core::result<std::string_view> require(std::string_view name) const;

    /// How many names satisfy `predicate`.
    template <class Predicate>
    [[nodiscard]] std::size_t count_if_name(Predicate predicate) const {
        return static_cast<std::size_t>(std::ranges::count_if(
            parameters_, [&](const parameter& one) { return predicate(one.name); }));
    }

  private:
    struct parameter {
        std::string name;
        std::string value;
    };
    std::vector<parameter> parameters_;
};

} // namespace sluice::http
