#pragma once
// Which handler answers a path: a table of patterns, walked in order. Distinguishes a path that no
// route has (404) from a method that a route lacks (405 with Allow). HEAD follows GET.

#include "http/exchange/exchange.hpp"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::http {

/// One row. `pattern` is "/literal/*/literal": "*" takes any one segment; literals are compared
/// byte for byte with decoded segments. "/" is the root alone.
struct route {
    std::string_view pattern;
    route_label label{};
    const handler* answer = nullptr;
};

class router {
  public:
    explicit router(std::span<const route> table);

    /// The first route whose pattern fits; nullptr when there is none.
    [[nodiscard]] const route* find(std::span<const std::string_view> segments) const noexcept;

  private:
    struct row {
        std::vector<std::string_view> pattern;
        route target;
    };
    std::vector<row> rows_;
};

/// Every route answers these (GET, HEAD; OPTIONS is answered for it).
inline constexpr std::string_view allowed_methods = "GET, HEAD, OPTIONS";

} // namespace sluice::http
