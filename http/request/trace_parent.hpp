#pragma once
// The field traceparent of W3C Trace Context: the trace of a request, and the caller's span in it.
// Not the decision whether the caller is trusted: http/exchange/client_origin.hpp makes it. Used by
// http/exchange and http/handlers/mint_audit.

#include <array>
#include <optional>
#include <string_view>

namespace sluice::http {

class trace_parent {
  public:
    /// Reads the value of a traceparent (W3C Trace Context §3.2.2). nullopt when it is malformed or
    /// a list of several: the field then counts as absent (§4.3).
    [[nodiscard]] static std::optional<trace_parent> parse(std::string_view text) noexcept;

    /// 32 hexadecimal digits, not all zero.
    [[nodiscard]] std::string_view trace_id() const noexcept { return view(trace_at, trace_size); }
    /// The caller's span: 16 hexadecimal digits, not all zero.
    [[nodiscard]] std::string_view parent_id() const noexcept {
        return view(parent_at, parent_size);
    }
    /// Two hexadecimal digits.
    [[nodiscard]] std::string_view flags() const noexcept { return view(flags_at, flags_size); }
    /// True when the caller records this trace: the lowest bit of the flags (§3.2.2.5).
    [[nodiscard]] bool is_recorded() const noexcept;

  private:
    // version-trace-parent-flags
    static constexpr std::size_t version_size = 2;
    static constexpr std::size_t trace_at = version_size + 1;
    static constexpr std::size_t trace_size = 32;
    static constexpr std::size_t parent_at = trace_at + trace_size + 1;
    static constexpr std::size_t parent_size = 16;
    static constexpr std::size_t flags_at = parent_at + parent_size + 1;
    static constexpr std::size_t flags_size = 2;
    static constexpr std::size_t size = flags_at + flags_size;

    [[nodiscard]] std::string_view view(std::size_t at, std::size_t length) const noexcept {
        return std::string_view(text_.data(), text_.size()).substr(at, length);
    }

    std::array<char, size> text_{};
};

} // namespace sluice::http
