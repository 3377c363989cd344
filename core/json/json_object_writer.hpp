#pragma once
// Writes one JSON object without white space into a string, member by member: claims and problems.
// Not for the access log (http/telemetry/log_line.hpp) and not for the response to a token request,
// which are on the hot path and know the size of their output. Used by core/token/claims and
// http/problem.

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

    /// Begins a member. The caller appends the value, as JSON, to the returned string.
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
