#pragma once
// The table of settings: every field of core::config once, with its name, limits and one line of
// help. The file reader, the environment, the flags, `sluice config print` and
// docs/configuration.md are all driven by it, so none of them can lag behind. Which settings agree
// with each other is core/config/config_validate.hpp.

#include "core/config/config.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace sluice::core {

enum class setting_kind : std::uint8_t {
    number,
    seconds,
    text,
    choice,
    choices,
    list,
    boolean,
    listeners
};

/// What a source says: a number (also of seconds), a text (also a choice), a list of texts, a
/// boolean or a list of listeners; of choices, one as a text or several as a list.
using setting_value = std::variant<std::int64_t, std::string, std::vector<std::string>, bool,
                                   std::vector<listener_settings>>;

/// What a value has to be. All text is static.
struct setting_shape {
    std::string_view path; // "limits.idle_timeout": also the nesting in the file
    setting_kind kind{};
    std::int64_t min = 0; // number and seconds
    std::int64_t max = 0;
    std::span<const std::string_view> choices; // choice and choices
    std::string_view help;
};

/// One row: a shape, and the way to the field of a `Target`.
template <class Target>
struct setting_row : setting_shape {
    setting_value (*get)(const Target&) = nullptr;
    /// REQUIRES: check() has no objection to the value.
    void (*set)(Target&, const setting_value&) = nullptr;

    /// A reload cannot change it: threads and sockets are made once.
    bool needs_restart = false;
};

using setting = setting_row<config>;

/// All of them, in the order of core::config.
[[nodiscard]] std::span<const setting> settings() noexcept;

/// nullptr when no setting has this path.
[[nodiscard]] const setting* find_setting(std::string_view path) noexcept;

/// True for "limits" and "media.layout": a path that settings lie below.
[[nodiscard]] bool is_section(std::string_view path) noexcept;

/// The setting's environment variable: "SLUICE_LIMITS_IDLE_TIMEOUT".
[[nodiscard]] std::string environment_name(const setting& which);

/// What may stand there, for people: "1 to 3600 seconds", "auto or none".
[[nodiscard]] std::string allowed_values(const setting_shape& which);

/// Empty when `value` is one the setting can take; otherwise a sentence that says what is wanted.
/// It never repeats the value, which may be a secret in the wrong place.
[[nodiscard]] std::string check(const setting_shape& which, const setting_value& value);

/// Reads the one-line form of flags and environment variables: decimal digits, text as it is, lists
/// separated by commas. Syntax that cannot be brought into the setting's kind yields a value that
/// check() objects to.
[[nodiscard]] setting_value from_text(const setting_shape& which, std::string_view text);

} // namespace sluice::core
