#pragma once
// What the process says about itself: start, listening, failures, shutdown; one JSON object per
// line on standard error. Not the access log. No secret, token, path of a request or user ever gets
// here, with one exception: a name that is on the disk in another Unicode form (twin_log).

#include "core/config/config.hpp"

#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace spdlog {
class logger;
}

namespace sluice::app {

class service_log {
  public:
    using member = std::pair<std::string_view, std::string_view>;

    explicit service_log(core::log_level least);

    /// From now on. Thread safe.
    void set_level(core::log_level least);

    /// `event` is a stable name to search for; members are escaped. Thread safe. A line that there
    /// is no memory for is lost.
    void info(std::string_view event, std::initializer_list<member> members = {}) noexcept;
    void warning(std::string_view event, std::initializer_list<member> members = {}) noexcept;
    void error(std::string_view event, std::initializer_list<member> members = {}) noexcept;

  private:
    void write(int level, std::string_view event, std::initializer_list<member> members) noexcept;

    std::shared_ptr<spdlog::logger> logger_;
};

} // namespace sluice::app
