#include "http/request/trace_parent.hpp"

#include <algorithm>

namespace sluice::http {

namespace {

bool is_hex(std::string_view text) noexcept {
    return text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

bool is_identity(std::string_view text) noexcept {
    return is_hex(text) && text.find_first_not_of('0') != std::string_view::npos;
}

} // namespace

std::optional<trace_parent> trace_parent::parse(std::string_view text) noexcept {
    if (text.size() < size) {
        return std::nullopt;
    }
    trace_parent read;
    std::ranges::copy(text.substr(0, size), read.text_.begin());
    const auto version = text.substr(0, version_size);
    const bool is_divided =
        text[trace_at - 1] == '-' && text[parent_at - 1] == '-' && text[flags_at - 1] == '-';
    // Later versions may append fields (§4.3); 00 has none, and ff is no version. A comma separates
    // the values of several fields.
    const bool may_be_longer = version != "00" && text.substr(size).starts_with('-') &&
                               text.find(',') == std::string_view::npos;
    if (!is_divided || !is_hex(version) || version == "ff" || !is_hex(read.flags()) ||
        !is_identity(read.trace_id()) || !is_identity(read.parent_id()) ||
        (text.size() > size && !may_be_longer)) {
        return std::nullopt;
    }
    return read;
}

bool trace_parent::is_recorded() const noexcept {
    return std::string_view("13579bdf").find(flags().back()) != std::string_view::npos;
}

} // namespace sluice::http
