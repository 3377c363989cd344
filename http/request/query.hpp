#pragma once
// The query of a request as name=value pairs (HTML form encoding: '&' separates, '+' is a space).

#include "core/base/result.hpp"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <span>
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
    /// The same in place of what is here, with its buffers: false where parse() gives nullopt.
    /// Names and values without an escape are views into `query`, which has to live as long.
    [[nodiscard]] bool assign(std::string_view query);

    /// The value of `name`, nullopt where absent, parameter_repeated (with `name` as subject) where
    /// it occurs twice, also when one of the two was spelled with escapes (docs/security.md, threat
    /// 35). `name` must be in static storage.
    [[nodiscard]] core::result<std::optional<std::string_view>> get(std::string_view name) const;

    /// Like get(), but absent or empty is parameter_missing.
    [[nodiscard]] core::result<std::string_view> require(std::string_view name) const;

    /// How many names satisfy `predicate`.
    template <class Predicate>
    [[nodiscard]] std::size_t count_if_name(Predicate predicate) const {
        return static_cast<std::size_t>(std::ranges::count_if(
            used(), [&](const parameter& one) { return predicate(one.name.view()); }));
    }

  private:
    /// Text that was decoded where that changes it.
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

    std::vector<parameter> parameters_; // those behind size_ are kept for their buffers
    std::size_t size_ = 0;
};

} // namespace sluice::http
