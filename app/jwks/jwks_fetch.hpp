#pragma once
// Fetches a JWKS once and judges it: the response, its content, its keys, and for how long it may
// be used. When to fetch is decided by app/jwks/jwks_source. Used by it and by `sluice config
// check`.

#include "core/address/http_url.hpp"
#include "core/base/operator_problem.hpp"
#include "core/config/config.hpp"
#include "http/client/whole_call.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::app {

/// How a fetch ended. The names are the label values of sluice_jwks_fetches_total.
enum class jwks_outcome : std::uint8_t {
    fetched,   // a usable set
    unchanged, // 304: the set that we have
    name,      // the failures of http::call_fault, one by one
    connect,
    tls,
    timeout,
    closed,
    malformed,
    too_large,
    status,   // a status that is neither 200 nor 304
    unusable, // not a JWKS, or without a key for us
};
inline constexpr std::size_t jwks_outcome_count =
    static_cast<std::size_t>(jwks_outcome::unusable) + 1;

[[nodiscard]] std::string_view name_of(jwks_outcome what) noexcept;

struct jwks_answer {
    jwks_outcome what = jwks_outcome::unusable;
    std::string cause{}; // of a failure, for the operator
    std::string text{};  // of a usable set
    std::string etag{};
    std::optional<std::chrono::seconds> life{}; // as the server says it, without our bounds
    std::size_t keys = 0;
    std::vector<core::operator_problem> skipped{};

    [[nodiscard]] bool is_good() const noexcept {
        return what == jwks_outcome::fetched || what == jwks_outcome::unchanged;
    }
};

/// `url` without its query, which may hold a secret: for logs.
[[nodiscard]] std::string shown(const core::http_url& url);

/// A fetch under way. Its destruction cancels it, also inside the handler.
class jwks_fetch {
  public:
    using handler = std::function<void(jwks_answer)>;

    /// `etag` of the set that we have; empty: none. `then` is called once, never from inside this.
    jwks_fetch(http::client& by, const core::http_url& url, std::string etag, handler then);

  private:
    [[nodiscard]] jwks_answer judge(http::call_result<std::string> content) const;

    std::string place_;
    std::string etag_;
    http::whole_call call_;
};

/// Fetches the set of issuer.jwt.jwks_url, which is set, and waits for it. Not for a thread that
/// serves. Throws std::runtime_error when issuer.jwt.jwks_ca_file cannot be used.
[[nodiscard]] jwks_answer fetch_jwks_now(const core::config& settings);

} // namespace sluice::app
