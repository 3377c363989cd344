#pragma once
// Who may have a token: the gate (is this caller heard at all?) and the entitlement (may this user
// have this media?). Both are seams: more credentials and a grant store join them without a change
// in http.

#include "core/catalogue.hpp"
#include "core/config.hpp"
#include "core/media_id.hpp"
#include "core/result.hpp"

#include <functional>
#include <string_view>

namespace sluice::core {

/// What is known of whoever asks for a token, as far as the gate judges it.
struct mint_caller {
    bool is_loopback_peer = false;
    bool is_forwarded = false;       // came with Forwarded, X-Forwarded-* or the like
    bool has_loopback_host = false;  // asked for localhost, 127.0.0.0/8 or [::1]
    bool has_foreign_origin = false; // sent by a page of an origin that is not on the allow-list
};

/// In `automatic`, a laptop just works and nobody else gets in: a proxy, another machine, and a web
/// page in the developer's own browser are all refused (the idea of Redis's protected mode).
class issuer_gate {
  public:
    explicit issuer_gate(issuer_mode mode) noexcept : mode_(mode) {}

    /// Fails with issuer_closed.
    [[nodiscard]] result<void> admit(const mint_caller& caller) const noexcept;

  private:
    issuer_mode mode_;
};

/// A verdict, or the way to it.
struct entitlement_answer {
    /// Fails with not_entitled, the same whether or not the media exists; course_ambiguous only
    /// towards an owner.
    result<void> verdict;
    /// When set, the verdict is not known yet and this finds it; fails with store_unavailable as
    /// well. It may block, so it runs where that harms nobody. It owns what it needs; what it
    /// refers to lasts as long as the process serves.
    std::function<result<void>()> ask{};
};

class entitlements {
  public:
    virtual ~entitlements() = default;
    /// Whether this user may have a token for this media. Never blocks.
    [[nodiscard]] virtual entitlement_answer check(std::string_view user_id,
                                                   const media_id& media) const = 0;

  protected:
    entitlements() = default;
    entitlements(const entitlements&) = default;
    entitlements& operator=(const entitlements&) = default;
};

/// A user owns what lies under the trainer of the same id.
class ownership final : public entitlements {
  public:
    explicit ownership(const catalogue& courses) noexcept : courses_(courses) {}
    [[nodiscard]] entitlement_answer check(std::string_view user_id,
                                           const media_id& media) const override {
        return {judge(user_id, media)};
    }
    [[nodiscard]] result<void> judge(std::string_view user_id, const media_id& media) const;

  private:
    const catalogue& courses_;
};

} // namespace sluice::core
