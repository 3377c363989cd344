#include "http/request/request_head.hpp"

#include "core/text/ascii_case.hpp"

#include <algorithm>

namespace sluice::http {

std::optional<std::string_view> request_head::joined(bhttp::field id, std::string& scratch) const {
    std::optional<std::string_view> value;
    for (const auto& line : fields) {
        if (line.id != id) {
            continue;
        }
        if (!value) {
            value = line.value;
            continue;
        }
        if (value->data() != scratch.data()) {
            scratch.assign(*value);
        }
        scratch += ", ";
        scratch += line.value;
        value = scratch;
    }
    return value;
}

bool request_head::has_field(std::string_view name) const noexcept {
    return std::ranges::any_of(fields,
                               [&](const auto& line) { return core::iequals(line.name, name); });
}

} // namespace sluice::http
