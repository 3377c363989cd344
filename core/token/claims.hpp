#pragma once
// The claims of a download token (docs/api.md §1; names fixed by the customer's guide), to and from
// JSON.

#include "core/base/result.hpp"
#include "core/json/numeric_date.hpp"
#include "core/media/media_id.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace sluice::core {

/// Owned text, so that one object can be reused: clear() keeps the capacity, which keeps the steady
/// state of a connection free of allocations.
struct claims {
    media_kind kind{};
    std::string filename;
    std::string rel;       // lesson only
    std::string course_id; // course and module
    std::string module_id; // module only
    /// Course and module: the trainer whose course the token is for, so that it opens nobody else's
    /// of the same id (docs/security.md, threat 64). Empty where the issuer wrote none (server.py).
    std::string owner;
    std::string user_id;
    std::string jti; // empty where the issuer gave none (server.py)
    std::string iss; // empty where absent
    std::string aud; // empty where absent; a list is refused
    std::optional<numeric_date> iat;
    std::optional<numeric_date> nbf;
    numeric_date exp;
    std::optional<std::int64_t> rate; // bytes per second that the user's transfers may have
    /// The kid of the key that verified the token: of the key ring, not of the token. No claim:
    /// token_service::verify() sets it.
    std::string_view signed_by;
    /// No claim either: iat or nbf lies ahead of the clock, no further than the leeway.
    bool is_ahead = false;

    void clear() noexcept;

    /// True when these claims name `media`, field by field, bytes not normalised (docs/security.md,
    /// docs/security.md, threats 10, 17).
    [[nodiscard]] bool are_bound_to(const media_id& media) const noexcept;

    /// The media these claims are bound to; a view into this object. Fails with token_claims when
    /// the identifiers are not good ones.
    [[nodiscard]] result<media_id> media() const noexcept;
};

/// Reads an authenticated payload into `out`. Strict JSON: one object, no duplicate names at the
/// top level, known claims of the right type; times are numbers, 0 <= value < 2^53, fractions and
/// exponents included (docs/security.md, threat 33), and `rate` an integer; claims that do not
/// belong to the type are refused; unknown claims are skipped. Fails with token_claims and the
/// claim's name.
[[nodiscard]] result<void> parse_claims(std::string_view json, claims& out);

/// Appends the JSON of `from`; valid UTF-8 is written as it is. Absent optional claims are left
/// out.
void append_json(const claims& from, std::string& out);

} // namespace sluice::core
