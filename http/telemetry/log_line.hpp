#pragma once
// Builds one line of a log, as JSON or as logfmt. Knows how values are written, not what they mean.
// Used by http/exchange/access_log.cpp, http/handlers/mint_audit.cpp and app/log/service_log.cpp.

#include "core/config/config.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace sluice::http {

class log_line {
  public:
    /// Starts a line at the end of `out`; end() completes it.
    log_line(core::log_format format, std::string& out);

    /// REQUIRES: `name` needs no quoting. `value` may be any text.
    void text(std::string_view name, std::string_view value);
    void text_if_any(std::string_view name, std::string_view value);
    /// REQUIRES: `value` is visible ASCII without quotes, backslashes and equals signs.
    void word(std::string_view name, std::string_view value);
    void number(std::string_view name, std::uint64_t value);
    /// "first-last"
    void range(std::string_view name, std::uint64_t first, std::uint64_t last);
    /// RFC 3339, milliseconds, UTC.
    void time(std::string_view name, std::chrono::system_clock::time_point value);
    void end();

  private:
    // Writes `name` and its separators. Returns the position of the value, with room for `most`
    // more bytes.
    char* begin(std::string_view name, std::size_t most);
    char* quote_json(char* at) const noexcept; // around values that logfmt does not quote
    void end_at(const char* at) noexcept;

    std::string& out_;
    std::size_t used_; // bytes of `out_` in use; the rest is room
    bool is_json_;
    bool is_first_ = true;
};

} // namespace sluice::http
