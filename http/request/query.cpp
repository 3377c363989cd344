#include "http/request/query.hpp"

#include "core/text/percent.hpp"

#include <utility>

namespace sluice::http {

bool query_parameters::decoded_text::assign(std::string_view encoded) {
    // Not find_first_of(), which calls memchr() for each character.
    is_own_ =
        encoded.find('%') != std::string_view::npos || encoded.find('+') != std::string_view::npos;
    if (!is_own_) {
        raw_ = encoded;
        return true;
    }
    own_.clear();
    return core::append_percent_decoded(encoded, core::plus_sign::space, own_);
}

std::optional<query_parameters> query_parameters::parse(std::string_view query) {
    std::optional<query_parameters> parsed(std::in_place);
    if (!parsed->assign(query)) {
        parsed.reset();
    }
    return parsed;
}

bool query_parameters::assign(std::string_view query) {
    size_ = 0;
    while (!query.empty()) {
        const auto end = query.find('&');
        const auto pair = query.substr(0, end);
        query = end == std::string_view::npos ? std::string_view{} : query.substr(end + 1);
        if (pair.empty()) {
            continue;
        }
        if (size_ == max_query_parameters) {
            return false;
        }
        if (size_ == parameters_.size()) {
            parameters_.emplace_back();
        }
        auto& [name, value] = parameters_[size_++];
        const auto equals = pair.find('=');
        if (!name.assign(pair.substr(0, equals)) ||
            !value.assign(equals == std::string_view::npos ? std::string_view{}
                                                           : pair.substr(equals + 1))) {
            return false;
        }
    }
    return true;
}

core::result<std::optional<std::string_view>> query_parameters::get(std::string_view name) const {
    std::optional<std::string_view> found;
    for (const auto& candidate : used()) {
        if (candidate.name.view() != name) {
            continue;
        }
        if (found) {
            return core::failure{core::errc::parameter_repeated, name};
        }
        found = candidate.value.view();
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
