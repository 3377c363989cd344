#pragma once
// The table of settings: every field of core::config once, with its name, limits and one line of
// help. It drives the file reader, the environment, the flags, `sluice config print` and
// docs/configuration.md, so none of them can be out of date. Not the checks between settings: those
// are core/config/config_validate.hpp. Used by core/config.

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
    listeners,
    origins
};

/// A value as a source gives it: a number (also of seconds), a text (also a choice), a list of
/// texts, a boolean, a list of listeners or a list of origins. Several choices are one text or a
/// list.
using setting_value = std::variant<std::int64_t, std::string, std::vector<std::string>, bool,
                                   std::vector<listener_settings>, std::vector<origin_settings>>;

/// The values that a setting accepts. All text is static.
struct setting_shape {
    std::string_view path; // "limits.idle_timeout": also the nesting in the file
    setting_kind kind{};
    std::int64_t min = 0; // number and seconds
    std::int64_t max = 0;
    std::span<const std::string_view> choices; // choice and choices
    std::string_view help;
};

/// One row: a shape, and access to the field of a `Target`.
template <class Target>
struct setting_row : setting_shape {
    setting_value (*get)(const Target&) = nullptr;
    /// REQUIRES: check() accepts the value.
    void (*set)(Target&, const setting_value&) = nullptr;

    /// A reload cannot change the setting, because threads and sockets are created once.
    bool needs_restart = false;
};

using setting = setting_row<config>;

/// All settings, in the order of core::config.
[[nodiscard]] std::span<const setting> settings() noexcept;

/// nullptr when no setting has this path.
[[nodiscard]] const setting* find_setting(std::string_view path) noexcept;

/// True for "limits" and "media.layout": paths that other settings lie below.
[[nodiscard]] bool is_section(std::string_view path) noexcept;

/// The setting's environment variable: "SLUICE_LIMITS_IDLE_TIMEOUT".
[[nodiscard]] std::string environment_name(const setting& which);

/// The accepted values as text for people: "1 to 3600 seconds", "auto or none".
[[nodiscard]] std::string allowed_values(const setting_shape& which);

/// Empty when the setting accepts `value`; otherwise a sentence that says which values are
/// accepted. It never repeats the value, which may be a misplaced secret.
[[nodiscard]] std::string check(const setting_shape& which, const setting_value& value);

/// Parses the one-line form of flags and environment variables: decimal digits, text as it is,
/// lists separated by commas. Text that does not fit the setting's kind yields a value that check()
/// rejects.
[[nodiscard]] setting_value from_text(const setting_shape& which, std::string_view text);

} // namespace sluice::core
