#pragma once
// GET /download2/...: credential, token and binding, file, plan, response (contract §2). One object
// per kind of media.

#include "core/download_plan.hpp"
#include "core/media_library.hpp"
#include "core/token_service.hpp"
#include "http/exchange.hpp"

namespace sluice::http {

class download_handler final : public handler {
  public:
    /// `has_store`: nothing is served before the revocations are known.
    download_handler(core::media_kind kind, const core::token_service& tokens,
                     const core::media_library& library, bool has_store) noexcept
        : kind_(kind), tokens_(tokens), library_(library), has_store_(has_store) {}

    void handle(request& in, reply& out) const override;

  private:
    [[nodiscard]] core::result<core::media_id> wanted(const request& in) const noexcept;
    [[nodiscard]] core::result<void> authorise(const core::media_id& media, request& in,
                                               reply& out) const;
    [[nodiscard]] core::result<void> check_revocation(const request& in, reply& out) const;

    core::media_kind kind_;
    const core::token_service& tokens_;
    const core::media_library& library_;
    bool has_store_;
};

} // namespace sluice::http
