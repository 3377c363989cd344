#include "app/log/service_log.hpp"

#include "app/log/colours.hpp"
#include "http/telemetry/exposition.hpp"
#include "http/telemetry/log_line.hpp"

#include <unistd.h>

#include <algorithm>
#include <exception>

namespace sluice::app {

namespace {

std::string_view name_of(core::log_level level) noexcept {
    switch (level) {
    case core::log_level::debug:
        return "debug";
    case core::log_level::info:
        return "info";
    case core::log_level::warning:
        return "warning";
    case core::log_level::error:
        break;
    }
    return "error";
}

constexpr std::string_view plain = "\x1b[0m";

std::string_view colour_of(core::log_level level) noexcept {
    switch (level) {
    case core::log_level::warning:
        return "\x1b[1;33m";
    case core::log_level::error:
        return "\x1b[1;31m";
    default:
        return {};
    }
}

} // namespace

service_log::service_log(const core::clock& clock, core::log_level least, int stream)
    : clock_(clock), is_for_a_person_(::isatty(stream) == 1),
      has_colours_(is_for_a_person_ && wants_colours()), least_(least),
      out_(
          stream, count_, [](int) {}, max_pending) {} // failures are counted: there is no other log

void service_log::set_level(core::log_level least) noexcept {
    least_.store(least, std::memory_order_relaxed);
}

bool service_log::put(core::log_level level, std::string_view event,
                      std::initializer_list<member> members) {
    std::string line;
    if (is_for_a_person_) {
        line = line_for_a_person(level, event, members);
        return out_.write(line);
    }
    http::log_line to(core::log_format::json, line);
    to.time("time", clock_.wall());
    to.word("level", name_of(level));
    to.text("event", event);
    for (const auto& [name, value] : members) {
        to.text(name, value);
    }
    to.end();
    return out_.write(line);
}

std::string service_log::line_for_a_person(core::log_level level, std::string_view event,
                                           std::initializer_list<member> members) const {
    // The time of day, as a logfmt time has it after its date.
    std::string time;
    http::log_line stamp(core::log_format::logfmt, time);
    stamp.time("time", clock_.wall());
    stamp.end();
    const auto at = std::min(time.find('T'), time.size());
    const auto colour = has_colours_ ? colour_of(level) : std::string_view{};
    std::string line = time.substr(std::min(at + 1, time.size()), 8) + " ";
    line.append(colour).append(name_of(level)).append(colour.empty() ? "" : plain).append(" ");
    line += event;
    std::string values;
    http::log_line to(core::log_format::logfmt, values);
    for (const auto& [name, value] : members) {
        to.text(name, value);
    }
    to.end();
    return line + (values.size() > 1 ? "  " : "") + values;
}

void service_log::show(std::string text) noexcept {
    if (is_for_a_person_) {
        (void)out_.write(text);
    }
}

void service_log::write(core::log_level level, std::string_view event,
                        std::initializer_list<member> members) noexcept {
    if (level < least_.load(std::memory_order_relaxed)) {
        return;
    }
    try {
        if (put(level, event, members)) {
            tell_of_gap();
            return;
        }
    } catch (const std::exception&) { // no memory for the line
    }
    refused_.fetch_add(1, std::memory_order_relaxed);
}

// Logs once that lines above it are missing.
void service_log::tell_of_gap() {
    const auto lost = dropped();
    const auto before = told_.exchange(lost, std::memory_order_relaxed);
    if (lost > before && !put(core::log_level::warning, "log_lines_dropped",
                              {{"lines", std::to_string(lost - before)}})) {
        told_.store(before, std::memory_order_relaxed); // at the next line
    }
}

void service_log::info(std::string_view event, std::initializer_list<member> members) noexcept {
    write(core::log_level::info, event, members);
}
void service_log::warning(std::string_view event, std::initializer_list<member> members) noexcept {
    write(core::log_level::warning, event, members);
}
void service_log::error(std::string_view event, std::initializer_list<member> members) noexcept {
    write(core::log_level::error, event, members);
}

std::uint64_t service_log::dropped() const noexcept {
    return refused_.load(std::memory_order_relaxed) + count_.log_lines_dropped.value();
}

void service_log::append_metrics(std::string& out) const {
    http::exposition to(out);
    to.family("sluice_service_log_dropped_total", "counter",
              "Lines of the service log that were dropped.");
    to.sample({}, dropped());
}

} // namespace sluice::app
