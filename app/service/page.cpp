#include "app/service/page.hpp"

#include <string>
#include <utility>

namespace sluice::app {

std::vector<http::web_handler> read_page(const core::config& settings, service_log& log) {
    std::vector<http::web_handler> page;
    if (settings.web.root.empty()) {
        return page;
    }
    auto bundle = core::load_web_files(settings.web.root);
    const auto policy = http::page_security_policy(settings.public_base_url);
    for (auto& file : bundle.files) {
        page.emplace_back(std::move(file), policy);
    }
    for (const auto& path : bundle.ignored) {
        log.warning("page_file_ignored", {{"path", path}});
    }
    return page;
}

} // namespace sluice::app
