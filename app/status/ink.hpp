#pragma once
// Marks parts of a text by the colours of a terminal, or leaves them as they are. Used by
// app/status/status_text and app/commands/status_command.

#include <string>
#include <string_view>

namespace sluice::app {

class ink {
  public:
    explicit constexpr ink(bool has_colours = false) noexcept : has_colours_(has_colours) {}

    /// Something that an operator should look at.
    [[nodiscard]] std::string warning(std::string_view text) const { return in("1;33", text); }
    /// Something that is broken.
    [[nodiscard]] std::string alarm(std::string_view text) const { return in("1;31", text); }
    [[nodiscard]] std::string heading(std::string_view text) const { return in("1", text); }

  private:
    [[nodiscard]] std::string in(std::string_view style, std::string_view text) const {
        std::string out(text);
        if (has_colours_) {
            out.insert(0, "m").insert(0, style).insert(0, "\x1b[").append("\x1b[0m");
        }
        return out;
    }

    bool has_colours_;
};

} // namespace sluice::app
