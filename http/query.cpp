#include "http/query.hpp"

#include "http/percent.hpp"

namespace sluice::http {

std::optional<query_parameters> query_parameters::parse(std::string_view query) {
    query_parameters parsed;
    while (!query.empty()) {
        const auto end = query.find('&');
        const auto pair = query.substr(0, end);
        query = end == std::string_view::npos ? std::string_view{} : query.substr(end + 1);
        if (pair.empty()) {
            continue;
        }
        if (parsed.parameters_.size() == max_query_parameters) {
            return std::nullopt;
        }
        const auto equals = pair.find('=');
        const auto value =
            equals == std::string_view::npos ? std::string_view{} : pair.substr(equals + 1);
        auto& [name, decoded] = parsed.parameters_.emplace_back();
        if (!append_percent_decoded(pair.substr(0, equals), plus_sign::space, name) ||
            !append_percent_decoded(value, plus_sign::space, decoded)) {
            return std::nullopt;
        }
    }
    return parsed;
}

core::result<std::optional<std::string_view>> query_parameters::get(std::string_view name) const {
    std::optional<std::string_view> found;
    for (const auto& candidate : parameters_) {
        if (candidate.name != name) {
            continue;
        }
        if (found) {
            return core::failure{core::errc::parameter_repeated, name};
        }
        found = candidate.value;
    }
    return found;
}

core::result<std::string_view> query_parameters::require(std::string_view name) const {
    const auto value = get(name);
    if (!value) {
        return value.error();
    }
    if (!*value || (*value)->empty()) {
        return core::failure{core::errc::parameter_missing, name};
    }
    return **value;
}

} // namespace sluice::http
