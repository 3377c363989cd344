#pragma once
// Reads the files of the download page (web.root) and makes their handlers. It does not serve them:
// http/handlers/web_handler does. Used by app/service/generation.

#include "app/log/service_log.hpp"
#include "core/config/config.hpp"
#include "http/handlers/web_handler.hpp"

#include <vector>

namespace sluice::app {

/// One handler per file; none when no page is configured. Logs the files that were left out. Throws
/// std::runtime_error when web.root is not the directory of a page.
[[nodiscard]] std::vector<http::web_handler> read_page(const core::config& settings,
                                                       service_log& log);

} // namespace sluice::app
