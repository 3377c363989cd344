#include "core/text/canonical_form.hpp"

#include <utf8proc.h>

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <optional>

namespace sluice::core {

namespace {

struct free_text {
    void operator()(utf8proc_uint8_t* text) const noexcept {
        std::free(text); // as utf8proc documents: it allocates with malloc
    }
};

std::optional<std::string> mapped(std::string_view text, unsigned form) {
    utf8proc_uint8_t* made = nullptr;
    const auto size =
        utf8proc_map(reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
                     static_cast<utf8proc_ssize_t>(text.size()), &made,
                     static_cast<utf8proc_option_t>(static_cast<unsigned>(UTF8PROC_STABLE) | form));
    const std::unique_ptr<utf8proc_uint8_t, free_text> owned(made);
    if (size < 0) {
        return std::nullopt;
    }
    return std::string(reinterpret_cast<const char*>(made), static_cast<std::size_t>(size));
}

// `text` itself when it is ASCII or not UTF-8.
std::string in_form(std::string_view text, unsigned form) {
    return is_ascii(text) ? std::string(text) : mapped(text, form).value_or(std::string(text));
}

} // namespace

bool is_ascii(std::string_view text) noexcept {
    return std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

bool differ_by_form_alone(std::string_view one, std::string_view other) {
    if (one == other || is_ascii(one) || is_ascii(other)) {
        return false;
    }
    const auto first = mapped(one, UTF8PROC_DECOMPOSE);
    return first && first == mapped(other, UTF8PROC_DECOMPOSE);
}

std::string composed(std::string_view text) {
    return in_form(text, UTF8PROC_COMPOSE);
}

std::string decomposed(std::string_view text) {
    return in_form(text, UTF8PROC_DECOMPOSE);
}

} // namespace sluice::core
