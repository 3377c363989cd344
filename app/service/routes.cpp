#include "app/service/routes.hpp"

namespace sluice::app {

using http::route_label;

// Downloads are told apart by their number of segments, so a trainer may be called "course".
std::vector<http::route> main_routes(const handlers& all, bool has_metrics) {
    std::vector<http::route> table{
        {"/download2/*/*/*/*/*", route_label::download, &all.lesson},
        {"/download2/course/*/*", route_label::download, &all.course},
        {"/download2/module/*/*/*", route_label::download, &all.module},
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

} // namespace sluice::app
