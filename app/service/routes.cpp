#include "app/service/routes.hpp"

#include "http/handlers/download_url.hpp"

namespace sluice::app {

using core::media_kind;
using http::route_label;

std::vector<http::route> main_routes(const handlers& all, bool has_metrics) {
    std::vector<http::route> table{
        {http::download_pattern(media_kind::lesson), route_label::download, &all.lesson},
        {http::download_pattern(media_kind::course), route_label::download, &all.course},
        {http::download_pattern(media_kind::module), route_label::download, &all.module},
        {"/api/get-download-token/v2", route_label::token, &all.token},
        {"/healthz", route_label::health, &all.health},
        {"/readyz", route_label::ready, &all.ready},
    };
    if (has_metrics) {
        table.push_back({"/metrics", route_label::metrics, &all.metrics});
    }
    // Last, so that no file of the page can hide a route.
    for (const auto& file : all.page) {
        table.push_back({file.path(), route_label::web, &file});
        if (file.path() == "/index.html") {
            table.push_back({"/", route_label::web, &file});
        }
    }
    return table;
}

std::vector<http::route> metrics_routes(const handlers& all) {
    return {
        {"/metrics", route_label::metrics, &all.metrics},
        {"/healthz", route_label::health, &all.health},
        {"/readyz", route_label::ready, &all.ready},
    };
}

std::vector<http::route> control_routes(const handlers& all) {
    return {{"/status", route_label::none, &all.status}};
}

} // namespace sluice::app
