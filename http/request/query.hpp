#pragma once
// The query of a request as name=value pairs (HTML form encoding: '&' separates, '+' is a space).
// Knows no parameter names: http/handlers/mint_request.hpp does. Used by http/exchange/exchange.hpp
// and http/handlers/mint_request.hpp.

#include "core/base/result.hpp"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::http {

/// Maximum number of parameters, so that the work per request is bounded.
inline constexpr std::size_t max_query_parameters = 64;

class query_parameters {
  public:
    /// nullopt on a bad percent escape, in a name or a value, or on too many parameters.
    [[nodiscard]] static std::optional<query_parameters> parse(std::string_view query);
    /// Like parse(), but replaces the contents of this object and reuses its buffers. Returns false
    /// where parse() returns nullopt. Names and values without an escape are views into `query`,
    /// which must live as long as this object.
    [[nodiscard]] bool assign(std::string_view query);

    /// The value of `name`, nullopt when absent, parameter_repeated (with `name` as subject) when
    /// it occurs twice, even if one of the two is written with escapes (docs/security.md, threat
    /// 35). `name` must be in static storage.
    [[nodiscard]] core::result<std::optional<std::string_view>> get(std::string_view name) const;

    /// Like get(), but an absent or empty value fails with parameter_missing.
    [[nodiscard]] core::result<std::string_view> require(std::string_view name) const;

    /// The number of names that satisfy `predicate`.
    template <class Predicate>
    [[nodiscard]] std::size_t count_if_name(Predicate predicate) const {
        return static_cast<std::size_t>(std::ranges::count_if(
            used(), [&](const parameter& one) { return predicate(one.name.view()); }));
    }

  private:
    /// Text, decoded if it contains escapes.
    class decoded_text {
      public:
        [[nodiscard]] bool assign(std::string_view encoded);
        [[nodiscard]] std::string_view view() const noexcept {
            return is_own_ ? std::string_view(own_) : raw_;
        }

      private:
        std::string_view raw_;
        std::string own_; // reused
        bool is_own_ = false;
    };
    struct parameter {
        decoded_text name;
        decoded_text value;
    };

    [[nodiscard]] std::span<const parameter> used() const noexcept {
        return std::span(parameters_).first(size_);
    }

    std::vector<parameter> parameters_; // those after size_ are kept for their buffers
    std::size_t size_ = 0;
};

} // namespace sluice::http
