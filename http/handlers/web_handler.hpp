#pragma once
// The download page: one object per file of web.root, answered from memory. Its paths come after
// every other route, so that it hides none of them. Not the media: nothing here is guarded by a
// token, and nothing here is read from disk.

#include "core/files/web_files.hpp"
#include "http/exchange/exchange.hpp"

#include <string>
#include <string_view>

namespace sluice::http {

/// What a page of ours may load: itself, and the origin of `public_base_url` (empty, or as the
/// configuration has it) to download from. No inline script, no other host.
[[nodiscard]] std::string page_security_policy(std::string_view public_base_url);

class web_handler final : public handler {
  public:
    /// `policy` is the value of Content-Security-Policy.
    web_handler(core::web_file file, std::string policy)
        : file_(std::move(file)), policy_(std::move(policy)) {}

    void handle(request& in, reply& out) const override;

    [[nodiscard]] const std::string& path() const noexcept { return file_.path; }

  private:
    void add_fields(std::string_view etag, response& out) const;

    core::web_file file_;
    std::string policy_;
};

} // namespace sluice::http
