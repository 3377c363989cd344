#pragma once
// The claims of a download token (docs/api.md §1; names fixed by the customer's guide), with
// conversion to and from JSON. Does not verify a token: core/token/token_service.hpp does. Used by
// core/token, core/access/revocation_table.hpp, http/exchange/exchange.hpp and app/commands.

#include "core/base/result.hpp"
#include "core/json/numeric_date.hpp"
#include "core/media/media_id.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace sluice::core {

/// Owns its texts, so that one object can be reused: clear() keeps the capacity, so that a
/// connection in its steady state allocates nothing.
struct claims {
    media_kind kind{};
    std::string filename;
    std::string rel;       // lesson only
    std::string course_id; // course and module
    std::string module_id; // module only
    /// Course and module: the trainer whose course the token is for, so that it does not open
    /// another trainer's course of the same id (docs/security.md, threat 64). Empty when the issuer
    /// wrote none (server.py).
    std::string owner;
    std::string user_id;
    std::string jti; // empty when the issuer wrote none (server.py)
    std::string iss; // empty where absent
    std::string aud; // empty when absent; a list is rejected
    std::optional<numeric_date> iat;
    std::optional<numeric_date> nbf;
    numeric_date exp;
    /// Until then, a download that has begun may be continued with the token (docs/api.md §1).
    /// Later than exp; absent: the token ends at exp.
    std::optional<numeric_date> resume_until;
    std::optional<std::int64_t> rate; // limit of the user's transfers, in bytes per second
    /// The kid of the key that verified the token, from the key ring, not from the token. Not a
    /// claim: token_service::verify() sets it.
    std::string_view signed_by;
    /// Not a claim either: true when iat or nbf lies ahead of the clock, within the leeway.
    bool is_ahead = false;
    /// Nor is this one: true when the token has expired and is in its resume window.
    /// token_service::authorise_resume() sets it.
    bool is_in_window = false;

    void clear() noexcept;

    /// True when these claims name `media`. Compares field by field, without normalisation
    /// (docs/security.md, threats 10, 17).
    [[nodiscard]] bool are_bound_to(const media_id& media) const noexcept;

    /// The media these claims are bound to; a view into this object. Fails with token_claims when
    /// the identifiers are invalid.
    [[nodiscard]] result<media_id> media() const noexcept;
};

/// Reads an authenticated payload into `out`. Strict JSON: one object, no duplicate names at the
/// top level, known claims of the right type; times are numbers, 0 <= value < 2^53, fractions and
/// exponents included (docs/security.md, threat 33), and `rate` an integer; claims that do not
/// belong to the type are rejected, and so is a resume_until that is not later than exp; unknown
/// claims are skipped. Fails with token_claims and the claim's name.
[[nodiscard]] result<void> parse_claims(std::string_view json, claims& out);

/// Appends the JSON of `from`; valid UTF-8 is written unchanged. Absent optional claims are
/// omitted.
void append_json(const claims& from, std::string& out);

} // namespace sluice::core
