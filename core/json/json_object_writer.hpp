#pragma once
// One JSON object without white space, written from first to last member into a string: claims,
// problems, what commands print. Not the access log (http/telemetry/log_line.hpp) and not the
// response to a token request, which are on the hot path and know the size of what they write.

#include "core/json/json_quote.hpp"

#include <array>
#include <charconv>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

namespace sluice::core {

/// Appends one object to `out`, member by member; end() closes it.
class json_object_writer {
  public:
    explicit json_object_writer(std::string& out) : out_(out) { out_.push_back('{'); }

    void text(std::string_view name, std::string_view value) {
        begin(name);
        append_json_quoted(value, out_);
    }
    void text_if_any(std::string_view name, std::string_view value) {
        if (!value.empty()) {
            text(name, value);
        }
    }
    void number(std::string_view name, std::int64_t value) {
        begin(name);
        std::array<char, std::numeric_limits<std::int64_t>::digits10 + 2> digits{}; // and the sign
        const auto written = std::to_chars(digits.data(), digits.data() + digits.size(), value);
        out_.append(digits.data(), written.ptr);
    }
    void number_if_any(std::string_view name, std::optional<std::int64_t> value) {
        if (value) {
            number(name, *value);
        }
    }
    void end() { out_.push_back('}'); }

    /// Begins a member whose value the caller appends, in JSON, to what this returns.
    std::string& begin(std::string_view name) {
        if (!first_) {
            out_.push_back(',');
        }
        first_ = false;
        append_json_quoted(name, out_);
        out_.push_back(':');
        return out_;
    }

  private:
    std::string& out_;
    bool first_ = true;
};

} // namespace sluice::core
