#pragma once
// Writes one JSON object without white space into a string, member by member: claims and problems.
// Not for the access log (http/telemetry/log_line.hpp) and not for the response to a token request,
// which have other forms. Used by core/token/claims and http/problem.

#include "core/json/json_quote.hpp"
#include "core/text/put_text.hpp"

#include <charconv>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace sluice::core {

/// Appends one object to `out`, member by member; end() closes it. Until then `out` has room for
/// further members at its end, so that each is written in place, without a call for every piece.
class json_object_writer {
  public:
    /// Bytes of room that are added at once: as much as most objects take.
    static constexpr std::size_t usual_size = 384;

    explicit json_object_writer(std::string& out) : out_(out), used_(out.size()) {}

    void text(std::string_view name, std::string_view value) {
        char* const at = begin(name, json_quoted_bound(value.size()));
        end_at(put_json_quoted(value, at));
    }
    void text_if_any(std::string_view name, std::string_view value) {
        if (!value.empty()) {
            text(name, value);
        }
    }
    void number(std::string_view name, std::int64_t value) {
        constexpr std::size_t most = std::numeric_limits<std::int64_t>::digits10 + 2; // with a sign
        char* const at = begin(name, most);
        end_at(std::to_chars(at, at + most, value).ptr);
    }
    void number_if_any(std::string_view name, std::optional<std::int64_t> value) {
        if (value) {
            number(name, *value);
        }
    }
    /// `pieces`, one after the other, are JSON.
    void json(std::string_view name, std::initializer_list<std::string_view> pieces) {
        std::size_t size = 0;
        for (const auto piece : pieces) {
            size += piece.size();
        }
        char* at = begin(name, size);
        for (const auto piece : pieces) {
            at = put_text(piece, at);
        }
        end_at(at);
    }
    void end() {
        out_.resize(used_);
        out_ += is_first_ ? "{}" : "}";
    }

  private:
    /// Writes `name` and what separates it. Returns the position of the value, with room for `most`
    /// bytes.
    char* begin(std::string_view name, std::size_t most) {
        constexpr std::size_t marks = 2;
        const auto needed = used_ + json_quoted_bound(name.size()) + marks + most;
        if (out_.size() < needed) {
            out_.resize(needed + usual_size);
        }
        char* at = out_.data() + used_;
        *at++ = std::exchange(is_first_, false) ? '{' : ',';
        at = put_json_quoted(name, at);
        *at++ = ':';
        return at;
    }
    void end_at(const char* at) noexcept { used_ = static_cast<std::size_t>(at - out_.data()); }

    std::string& out_;
    std::size_t used_; // bytes of `out_` in use; the rest is room
    bool is_first_ = true;
};

} // namespace sluice::core
