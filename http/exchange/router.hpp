#pragma once
// Finds the handler of a path: a table of patterns, searched in order. Distinguishes a path without
// a route (404) from a method that a route does not allow (405 with Allow). HEAD follows GET. Not
// the table of routes itself: app/service/routes.hpp builds it. Used by http/exchange/dispatch.hpp
// through site::routes.

#include "http/exchange/exchange.hpp"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::http {

/// One row. `pattern` is "/literal/*/literal": "*" matches any one segment; literals are compared
/// byte for byte with decoded segments. "/" is the root only.
struct route {
    std::string_view pattern;
    route_label label{};
    const handler* answer = nullptr;
};

class router {
  public:
    explicit router(std::span<const route> table);

    /// The first route whose pattern matches; nullptr when there is none.
    [[nodiscard]] const route* find(std::span<const std::string_view> segments) const noexcept;

  private:
    struct row {
        std::vector<std::string_view> pattern;
        route target;
    };
    std::vector<row> rows_;
};

/// The methods of every route (GET and HEAD; OPTIONS is accepted for all routes).
inline constexpr std::string_view allowed_methods = "GET, HEAD, OPTIONS";

} // namespace sluice::http
