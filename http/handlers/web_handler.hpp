#pragma once
// Handler of the download page: one object per file of web.root, sent from memory. Its routes
// come after all others, so that it hides none of them. Not the media: the page needs no token, and
// nothing is read from disk. Used by app/service/page.hpp and app/service/routes.hpp.

#include "core/files/web_files.hpp"
#include "http/exchange/exchange.hpp"

#include <string>
#include <string_view>

namespace sluice::http {

/// The Content-Security-Policy of the page: it may load its own files and download from the origin
/// of `public_base_url` (empty, or as configured). No inline script and no other host is allowed.
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
