#pragma once
// One line of the access log under construction, as JSON or as logfmt. Knows how values are
// written, not what they mean.

#include "core/config/config.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace sluice::http {

class log_line {
  public:
    /// Appends to `out`, which end() leaves with one line more.
    log_line(core::log_format format, std::string& out);

    /// `name` needs no quoting; `value` is any text.
    void text(std::string_view name, std::string_view value);
    void text_if_any(std::string_view name, std::string_view value);
    /// `value` is of visible ASCII without quotes, backslashes and equals signs.
    void word(std::string_view name, std::string_view value);
    void number(std::string_view name, std::uint64_t value);
    /// "first-last"
    void range(std::string_view name, std::uint64_t first, std::uint64_t last);
    /// RFC 3339, milliseconds, UTC.
    void time(std::string_view name, std::chrono::system_clock::time_point value);
    void end();

  private:
    // Where `name` was written, with what goes before a value, and there is room for `most` more.
    char* begin(std::string_view name, std::size_t most);
    char* quote_json(char* at) const noexcept; // around what is bare in logfmt
    void end_at(const char* at) noexcept;

    std::string& out_;
    std::size_t used_; // of `out_`; the rest is room
    bool is_json_;
    bool is_first_ = true;
};

} // namespace sluice::http
