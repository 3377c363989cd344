#pragma once
// The accumulator behind load_config(): takes values and problems from one source after the other
// and remembers which source set which setting. It reads no files. Private to core: used by
// config_file.cpp and config_source.cpp.

#include "core/config/config_settings.hpp"
#include "core/config/config_source.hpp"

#include <map>
#include <string>
#include <string_view>

namespace sluice::core {

class config_merge {
  public:
    /// Sets the field, or adds a problem with the value. `where` is where the operator wrote it.
    void give(const setting& which, const setting_value& value, std::string where);

    /// The same for a list of objects. When there are `problems`, it adds those instead, each with
    /// its place appended to `where`.
    void give(const setting& which, const setting_value& list,
              std::vector<operator_problem> problems, const std::string& where);

    void complain(std::string where, std::string what);

    /// Validates the merged settings. A problem with a setting that a source gave points to that
    /// source.
    [[nodiscard]] loaded_config finish(config_use use) &&;

  private:
    loaded_config merged_;
    std::map<std::string_view, std::string> origins_; // by path
};

/// Reads the configuration file at `path` into `merge`.
void read_config_file(const std::string& path, config_merge& merge);

/// The problem text for a name that is no setting; suggests the nearest of `known`.
[[nodiscard]] std::string unknown_setting(std::string_view name,
                                          const std::vector<std::string_view>& known);

} // namespace sluice::core
