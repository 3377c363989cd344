#include "core/json/json_object_reader.hpp"

#include "core/json/plain_object.hpp"

#include <boost/json/basic_parser_impl.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <limits>

namespace sluice::core {

namespace {

namespace json = boost::json;

constexpr std::int64_t largest_integer = (std::int64_t{1} << 53) - 1; // RFC 8259 §6: interoperable

/// The handler that Boost.JSON's parser calls. A member function that returns false ends the parse.
class object_events {
  public:
    static constexpr std::size_t max_object_size = max_json_members;
    static constexpr std::size_t max_array_size = std::numeric_limits<std::size_t>::max();
    static constexpr std::size_t max_key_size = max_json_name_bytes;
    static constexpr std::size_t max_string_size = std::numeric_limits<std::size_t>::max();

    explicit object_events(std::span<const json_member> members) : members_(members) {}

    /// The member at fault, or empty.
    [[nodiscard]] std::string_view blamed() const noexcept { return blamed_; }

    bool on_document_begin(json::error_code&) { return true; }
    bool on_document_end(json::error_code&) { return true; }

    bool on_object_begin(json::error_code& ec) {
        return (depth_ == 0 || skips_value(ec)) && descend();
    }
    bool on_object_end(std::size_t, json::error_code&) { return ascend(); }
    bool on_array_begin(json::error_code& ec) { return skips_value(ec) && descend(); }
    bool on_array_end(std::size_t, json::error_code&) { return ascend(); }

    bool on_key_part(json::string_view part, std::size_t size_so_far, json::error_code&) {
        // The parser limits names to max_key_size, which is the size of name_.
        std::copy(part.begin(), part.end(), name_.data() + (size_so_far - part.size()));
        return true;
    }
    bool on_key(json::string_view part, std::size_t size, json::error_code& ec) {
        if (depth_ > 1) {
            return true;
        }
        on_key_part(part, size, ec);
        const std::string_view name(name_.data(), size);
        const auto known = std::ranges::find(members_, name, &json_member::name);
        current_ = known == members_.end() ? nullptr : &*known;
        return is_first(name) || refuse(ec);
    }

    bool on_string_part(json::string_view part, std::size_t size_so_far, json::error_code& ec) {
        std::string* const* const text = destination<std::string*>();
        if (text == nullptr) {
            return skips_value(ec);
        }
        if (size_so_far == part.size()) {
            (*text)->clear();
        }
        (*text)->append(part.data(), part.size());
        return true;
    }
    bool on_string(json::string_view part, std::size_t size, json::error_code& ec) {
        const bool empty = size == 0 && destination<std::string*>() != nullptr;
        return empty ? refuse(ec) : on_string_part(part, size, ec);
    }

    bool on_number_part(json::string_view, json::error_code&) { return true; }
    bool on_int64(std::int64_t value, json::string_view, json::error_code& ec) {
        const auto* const number = destination<std::optional<std::int64_t>*>();
        const auto* const date = destination<std::optional<numeric_date>*>();
        if (number == nullptr && date == nullptr) {
            return skips_value(ec);
        }
        if (value < 0 || value > largest_integer) {
            return refuse(ec);
        }
        if (number != nullptr) {
            **number = value;
        } else {
            **date = value;
        }
        return true;
    }
    bool on_uint64(std::uint64_t, json::string_view, json::error_code& ec) {
        return skips_value(ec); // only called above the range of int64
    }
    bool on_double(double value, json::string_view, json::error_code& ec) {
        const auto* const date = destination<std::optional<numeric_date>*>();
        if (date == nullptr) {
            return skips_value(ec);
        }
        if (!(value >= 0 && value <= static_cast<double>(largest_integer))) {
            return refuse(ec);
        }
        constexpr double second = 1e9; // nanoseconds
        const double whole = std::floor(value);
        **date = numeric_date(static_cast<std::int64_t>(whole),
                              static_cast<std::int32_t>((value - whole) * second));
        return true;
    }
    bool on_bool(bool, json::error_code& ec) { return skips_value(ec); }
    bool on_null(json::error_code& ec) {
        const bool absent = current_ != nullptr && current_->null_is_absent;
        return absent || skips_value(ec);
    }
    bool on_comment_part(json::string_view, json::error_code&) { return true; }
    bool on_comment(json::string_view, json::error_code&) { return true; }

  private:
    /// The destination of the current value when it is of type Destination; otherwise null.
    template <class Destination>
    [[nodiscard]] const Destination* destination() const noexcept {
        return current_ == nullptr ? nullptr : std::get_if<Destination>(&current_->destination);
    }

    /// Handles a value without a destination: allowed in an unknown member, a wrong type in a known
    /// one, and not an object at the top level.
    bool skips_value(json::error_code& ec) {
        return (depth_ > 0 && current_ == nullptr) || refuse(ec);
    }

    /// False when `name` occurred before. Names are compared by a 64-bit hash: a collision rejects
    /// a valid object once in 2^64, and a repeated name is never accepted.
    bool is_first(std::string_view name) {
        const auto seen_end = seen_.begin() + static_cast<std::ptrdiff_t>(seen_count_);
        const std::size_t hash = std::hash<std::string_view>{}(name);
        if (std::find(seen_.begin(), seen_end, hash) != seen_end) {
            return false;
        }
        seen_[seen_count_++] = hash; // the parser limits the count to max_object_size
        return true;
    }

    bool refuse(json::error_code& ec) {
        blamed_ = current_ == nullptr ? std::string_view{} : current_->name;
        ec = json::make_error_code(json::error::syntax);
        return false;
    }

    bool descend() noexcept {
        ++depth_;
        return true;
    }
    bool ascend() noexcept {
        --depth_;
        return true;
    }

    std::span<const json_member> members_;
    const json_member* current_ =
        nullptr; // null for nested values too: only unknown members may nest
    std::string_view blamed_;
    std::size_t depth_ = 0;
    std::size_t seen_count_ = 0;
    std::array<std::size_t, max_json_members> seen_{};
    std::array<char, max_json_name_bytes> name_{};
};

} // namespace

result<void> read_json_object(std::string_view text, std::span<const json_member> members,
                              errc refusal) {
    return read_plain_object(text, members) ? result<void>{}
                                            : read_any_json_object(text, members, refusal);
}

result<void> read_any_json_object(std::string_view text, std::span<const json_member> members,
                                  errc refusal) {
    json::parse_options options;
    options.max_depth = max_json_depth;
    json::basic_parser<object_events> parser(options, members);
    json::error_code ec;
    const std::size_t used = parser.write_some(false, text.data(), text.size(), ec);
    if (ec || used != text.size()) {
        return failure{refusal, parser.handler().blamed()};
    }
    return {};
}

} // namespace sluice::core
