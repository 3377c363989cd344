#include "app/log/service_log.hpp"

#include "core/json/json_quote.hpp"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <exception>

namespace sluice::app {

namespace {

spdlog::level::level_enum level_of(core::log_level least) noexcept {
    switch (least) {
    case core::log_level::debug:
        return spdlog::level::debug;
    case core::log_level::info:
        return spdlog::level::info;
    case core::log_level::warning:
        return spdlog::level::warn;
    case core::log_level::error:
        break;
    }
    return spdlog::level::err;
}

} // namespace

service_log::service_log(core::log_level least)
    : logger_(std::make_shared<spdlog::logger>("sluice",
                                               std::make_shared<spdlog::sinks::stderr_sink_mt>())) {
    logger_->set_pattern(R"({"time":"%Y-%m-%dT%H:%M:%S.%eZ","level":"%l",%v})",
                         spdlog::pattern_time_type::utc);
    set_level(least);
    logger_->flush_on(spdlog::level::debug);
}

void service_log::set_level(core::log_level least) {
    logger_->set_level(level_of(least));
}

void service_log::write(int level, std::string_view event,
                        std::initializer_list<member> members) noexcept try {
    const auto severity = static_cast<spdlog::level::level_enum>(level);
    if (!logger_->should_log(severity)) {
        return;
    }
    std::string line = "\"event\":";
    core::append_json_quoted(event, line);
    for (const auto& [name, value] : members) {
        line += ',';
        core::append_json_quoted(name, line);
        line += ':';
        core::append_json_quoted(value, line);
    }
    logger_->log(severity, line);
} catch (const std::exception&) { // no memory for the line: saying nothing is all that is left
}

void service_log::info(std::string_view event, std::initializer_list<member> members) noexcept {
    write(spdlog::level::info, event, members);
}
void service_log::warning(std::string_view event, std::initializer_list<member> members) noexcept {
    write(spdlog::level::warn, event, members);
}
void service_log::error(std::string_view event, std::initializer_list<member> members) noexcept {
    write(spdlog::level::err, event, members);
}

} // namespace sluice::app
