#include "http/request/forwarded.hpp"

#include "core/text/ascii_case.hpp"
#include "core/text/ascii_class.hpp"
#include "core/text/trimmed.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

namespace sluice::http {

namespace {

constexpr bool is_space(char c) noexcept {
    return c == ' ' || c == '\t';
}

bool is_port(std::string_view text) noexcept {
    return !text.empty() && text.size() <= 5 && std::ranges::all_of(text, core::is_ascii_digit);
}

/// "192.0.2.1", "192.0.2.1:4711", "2001:db8::1", "[2001:db8::1]", "[2001:db8::1]:4711".
std::optional<core::ip_address> read_node(std::string_view text) noexcept {
    if (text.starts_with('[')) {
        const auto end = text.find(']');
        if (end == std::string_view::npos) {
            return std::nullopt;
        }
        const auto rest = text.substr(end + 1);
        const auto inner = text.substr(1, end - 1);
        const bool has_good_rest = rest.empty() || (rest[0] == ':' && is_port(rest.substr(1)));
        const bool is_v6 = inner.find(':') != std::string_view::npos;
        return has_good_rest && is_v6 ? core::parse_ip_address(inner) : std::nullopt;
    }
    const auto colon = text.find(':');
    if (colon != std::string_view::npos && text.find(':', colon + 1) == std::string_view::npos) {
        return is_port(text.substr(colon + 1)) ? core::parse_ip_address(text.substr(0, colon))
                                               : std::nullopt;
    }
    return core::parse_ip_address(text);
}

std::string_view read_scheme(std::string_view text) noexcept {
    for (const std::string_view known : {"http", "https"}) {
        if (core::iequals(text, known)) {
            return known;
        }
    }
    return {};
}

/// The entry `from_right` (0: the last) of a comma-separated list; nullopt when it is shorter.
std::optional<std::string_view> entry_from_right(std::string_view list,
                                                 std::size_t from_right) noexcept {
    while (true) {
        const auto comma = list.rfind(',');
        if (from_right == 0) {
            return core::trimmed(comma == std::string_view::npos ? list : list.substr(comma + 1));
        }
        if (comma == std::string_view::npos) {
            return std::nullopt;
        }
        list = list.substr(0, comma);
        --from_right;
    }
}

std::string_view entry_or_last(std::string_view list, std::size_t from_right) noexcept {
    const auto entry = entry_from_right(list, from_right);
    return entry ? *entry : *entry_from_right(list, 0);
}

/// One element of Forwarded.
struct element {
    std::string_view node;
    std::string_view scheme;
    std::string_view host;
};

/// Splits Forwarded into its elements, by the grammar of RFC 7239 §4.
class forwarded_reader {
  public:
    explicit forwarded_reader(std::string_view text) noexcept : rest_(text) {}

    /// False when the value violates the grammar or has too many elements.
    bool read() noexcept {
        do {
            if (count_ == elements_.size() || !read_element(elements_.at(count_++))) {
                return false;
            }
        } while (take(','));
        return rest_.empty();
    }
    [[nodiscard]] std::span<const element> elements() const noexcept {
        return std::span(elements_).first(count_);
    }

  private:
    void skip_spaces() noexcept {
        while (!rest_.empty() && is_space(rest_.front())) {
            rest_.remove_prefix(1);
        }
    }
    bool take(char wanted) noexcept {
        if (rest_.empty() || rest_.front() != wanted) {
            return false;
        }
        rest_.remove_prefix(1);
        return true;
    }
    std::string_view take_token() noexcept {
        const auto* const end = std::ranges::find_if(rest_, [](char c) {
            return c <= ' ' || c > '~' ||
                   std::string_view("\"(),/:;<=>?@[\\]{}").find(c) != std::string_view::npos;
        });
        const auto token = rest_.substr(0, static_cast<std::size_t>(end - rest_.begin()));
        rest_.remove_prefix(token.size());
        return token;
    }
    bool take_value(std::string_view& value) noexcept {
        if (!take('"')) {
            value = take_token();
            return !value.empty();
        }
        std::size_t size = 0;
        bool has_escape = false;
        for (; size < rest_.size() && rest_[size] != '"'; ++size) {
            if (rest_[size] == '\\') {
                has_escape = true;
                ++size;
            }
        }
        if (size >= rest_.size()) {
            return false;
        }
        value = has_escape ? std::string_view{} : rest_.substr(0, size);
        rest_.remove_prefix(size + 1);
        return true;
    }

    bool read_element(element& into) noexcept {
        do {
            skip_spaces();
            const auto name = take_token();
            std::string_view value;
            if (name.empty() || !take('=') || !take_value(value) || !keep(name, value, into)) {
                return false;
            }
            skip_spaces();
        } while (take(';'));
        return true;
    }
    /// False when the name occurred before (RFC 7239 §4).
    static bool keep(std::string_view name, std::string_view value, element& into) noexcept {
        struct known {
            std::string_view name;
            std::string_view element::*field;
        };
        for (const auto& one : {known{"for", &element::node}, known{"proto", &element::scheme},
                                known{"host", &element::host}}) {
            if (core::iequals(name, one.name)) {
                const bool is_first = (into.*one.field).empty();
                into.*one.field = value;
                return is_first;
            }
        }
        return true;
    }

    std::string_view rest_;
    std::array<element, max_forwarded_hops> elements_{};
    std::size_t count_ = 0;
};

} // namespace

forwarded_client read_x_forwarded(std::string_view addresses, std::string_view schemes,
                                  std::string_view hosts,
                                  std::span<const core::address_block> trusted) {
    forwarded_client client;
    std::size_t hop = 0;
    if (!addresses.empty()) {
        for (std::size_t i = 0; i < max_forwarded_hops; ++i) {
            const auto entry = entry_from_right(addresses, i);
            const auto address = entry ? read_node(*entry) : std::nullopt;
            if (!address) {
                break;
            }
            client.address = address;
            hop = i;
            if (!core::contains(trusted, *address)) {
                break;
            }
        }
    }
    // A proxy that writes one entry per hop puts it at the same position; other proxies write one
    // entry in all.
    client.scheme = schemes.empty() ? "" : read_scheme(entry_or_last(schemes, hop));
    client.host = hosts.empty() ? "" : entry_or_last(hosts, hop);
    return client;
}

forwarded_client read_forwarded(std::string_view value,
                                std::span<const core::address_block> trusted) {
    forwarded_reader reader(value);
    forwarded_client client;
    if (!reader.read()) {
        return client;
    }
    const auto elements = reader.elements();
    for (auto one = elements.rbegin(); one != elements.rend(); ++one) {
        const auto address = read_node(one->node);
        if (!address) {
            break;
        }
        client = {.address = address, .scheme = read_scheme(one->scheme), .host = one->host};
        if (!core::contains(trusted, *address)) {
            break;
        }
    }
    return client;
}

} // namespace sluice::http
