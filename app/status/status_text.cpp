#include "app/status/status_text.hpp"

#include "core/text/utf8.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <algorithm>
#include <array>
#include <cstdio>
#include <limits>
#include <string_view>

namespace sluice::app {

namespace json = boost::json;

namespace {

constexpr std::size_t label_width = 13;

std::string_view text_in(const json::object& from, std::string_view name) {
    const auto* const found = from.if_contains(name);
    const auto* const text = found != nullptr ? found->if_string() : nullptr;
    return text != nullptr ? std::string_view(text->data(), text->size()) : std::string_view{};
}

double number_in(const json::object& from, std::string_view name) {
    const auto* const found = from.if_contains(name);
    json::error_code none;
    return found != nullptr && found->is_number() ? found->to_number<double>(none) : 0;
}

bool is_true(const json::object& from, std::string_view name) {
    const auto* const found = from.if_contains(name);
    return found != nullptr && found->is_bool() && found->get_bool();
}

const json::object* object_in(const json::object& from, std::string_view name) {
    const auto* const found = from.if_contains(name);
    return found != nullptr ? found->if_object() : nullptr;
}

/// Calls `use` with each object of the list `name`, at most `most`.
template <class Use>
void for_each_in(const json::object& from, std::string_view name, std::size_t most, Use use) {
    const auto* const found = from.if_contains(name);
    const auto* const list = found != nullptr ? found->if_array() : nullptr;
    if (list == nullptr) {
        return;
    }
    for (std::size_t i = 0; i < std::min(most, list->size()); ++i) {
        if (const auto* const one = (*list)[i].if_object()) {
            use(*one);
        }
    }
}

constexpr auto all_of_them = std::numeric_limits<std::size_t>::max();

std::size_t size_of(const json::object& from, std::string_view name) {
    const auto* const found = from.if_contains(name);
    return found != nullptr && found->is_array() ? found->get_array().size() : 0;
}

/// `text` without characters that control a terminal or reorder a line.
std::string shown(std::string_view text) {
    std::string out(text);
    core::mask_forbidden(out);
    return out;
}

std::string count_text(double number) {
    return std::to_string(static_cast<std::uint64_t>(std::max(number, 0.0)));
}

std::string padded(std::string text, std::size_t width, bool to_the_right = true) {
    const auto missing = width - std::min(width, text.size());
    return to_the_right ? std::string(missing, ' ') + text : text + std::string(missing, ' ');
}

void line(std::string& out, std::string_view label, std::string_view text) {
    out += padded(std::string(label), label_width, false);
    out.append(text).append("\n");
}

/// The first of several lines has the label.
void labelled(std::string& out, std::string_view label, bool& is_first, std::string_view text) {
    line(out, is_first ? label : "", text);
    is_first = false;
}

std::string head_of(const json::object& state, ink with) {
    const auto phase = shown(text_in(state, "state"));
    auto text = "Sluice " + shown(text_in(state, "version")) + ", " +
                (phase == "serving" ? phase : with.warning(phase)) + " for " +
                age_text(number_in(state, "uptime_s")) + " (process " +
                count_text(number_in(state, "pid")) + ", threads " +
                count_text(number_in(state, "threads")) + ")\n";
    if (const auto silent = number_in(state, "silent_threads"); silent > 0) {
        text += with.alarm(count_text(silent) + " of them did not answer within a second") +
                ": their transfers are missing below\n";
    }
    return text;
}

std::string connections_of(const json::object& state) {
    const auto* const all = object_in(state, "connections");
    if (all == nullptr) {
        return "unknown";
    }
    std::string by_state;
    if (const auto* const states = object_in(*all, "states")) {
        for (const auto& [name, value] : *states) {
            if (const auto count = number_in(*states, name); count > 0) {
                by_state += (by_state.empty() ? ": " : ", ") + count_text(count) + " " +
                            shown({name.data(), name.size()});
            }
        }
    }
    return count_text(number_in(*all, "open")) + " of " + count_text(number_in(*all, "limit")) +
           by_state;
}

std::string limits_of(const json::object& state, ink with) {
    const auto* const all = object_in(state, "limits_reached");
    std::string out;
    if (all != nullptr) {
        for (const auto& [name, value] : *all) {
            out += (out.empty() ? "" : ", ") + shown({name.data(), name.size()}) + " " +
                   count_text(number_in(*all, name));
        }
    }
    return out.empty() ? "none reached in the last minute"
                       : with.warning(out) + " in the last minute";
}

void add_keys(const json::object& state, std::string& out) {
    bool is_first = true;
    if (const auto* const signing = object_in(state, "signing_keys")) {
        const auto* const age = signing->if_contains("file_age_s");
        const auto origin =
            is_true(*signing, "random") ? std::string(", random, for this run")
            : age != nullptr && age->is_number()
                ? ", file of " + age_text(number_in(*signing, "file_age_s")) + " ago"
                : std::string();
        for_each_in(*signing, "keys", all_of_them, [&](const json::object& key) {
            const auto from = text_in(key, "not_before");
            const auto until = text_in(key, "not_after");
            labelled(out, "Keys", is_first,
                     shown(text_in(key, "kid")) + " " + shown(text_in(key, "state")) +
                         (from.empty() ? "" : " from " + shown(from)) +
                         (until.empty() ? "" : " until " + shown(until)) + origin);
        });
    }
    is_first = true;
    for_each_in(state, "issuer_keys", all_of_them, [&](const json::object& key) {
        const auto until = text_in(key, "not_after");
        const auto* const age = key.if_contains("age_s");
        const bool has_age = age != nullptr && age->is_number();
        labelled(out, "Issuer keys", is_first,
                 shown(text_in(key, "name")) + " " + shown(text_in(key, "state")) +
                     (until.empty() ? "" : " until " + shown(until)) +
                     (has_age ? ", made " + age_text(number_in(key, "age_s")) + " ago" : ""));
    });
}

std::string store_of(const json::object& state, ink with) {
    const auto* const store = object_in(state, "store");
    if (store == nullptr) {
        return "none";
    }
    const auto* const lag = store->if_contains("lag_s");
    const auto known = lag != nullptr && lag->is_number();
    return (is_true(*store, "followed") ? "followed" : with.alarm("NOT FOLLOWED")) +
           (known ? ", answered " + age_text(number_in(*store, "lag_s")) + " ago"
                  : ", has not answered yet") +
           ", " + count_text(number_in(*store, "revocations")) + " revocations";
}

void add_storage(const json::object& state, ink with, std::string& out) {
    bool is_first = true;
    for_each_in(state, "storage", all_of_them, [&](const json::object& device) {
        labelled(out, "Storage", is_first,
                 shown(text_in(device, "device")) + " " + shown(text_in(device, "mount")) + " (" +
                     shown(text_in(device, "type")) +
                     "): " + (is_true(device, "away") ? with.alarm("AWAY") + ", " : "") +
                     count_text(number_in(device, "reading")) + " of " +
                     count_text(number_in(device, "threads")) + " threads read, " +
                     count_text(number_in(device, "opening")) + " open, " +
                     count_text(number_in(device, "waiting")) + " requests wait");
    });
}

void add_object_stores(const json::object& state, ink with, std::string& out) {
    bool is_first = true;
    for_each_in(state, "object_stores", all_of_them, [&](const json::object& one) {
        auto text = shown(text_in(one, "name")) + ", bucket " + shown(text_in(one, "bucket")) +
                    " at " + shown(text_in(one, "endpoint")) + ": " +
                    (is_true(one, "ready") ? "ready" : with.alarm("NOT READY"));
        if (const auto last = text_in(one, "last_outcome"); !last.empty()) {
            text += ", last outcome " + shown(last);
        }
        if (const auto* const problem = object_in(one, "last_problem")) {
            const auto code = text_in(*problem, "code");
            text += ", last problem " + with.warning(shown(text_in(*problem, "outcome"))) +
                    (code.empty() ? "" : " (" + shown(code) + ")") + " " +
                    age_text(number_in(*problem, "age_s")) + " ago";
        }
        if (const auto end = text_in(one, "credentials_end"); !end.empty()) {
            text += ", credentials until " + shown(end);
        }
        labelled(out, "Objects", is_first, text);
    });
}

void add_reloads(const json::object& state, ink with, std::string& out) {
    bool is_first = true;
    for_each_in(state, "reloads", all_of_them, [&](const json::object& one) {
        const auto detail = text_in(one, "detail");
        const auto result = shown(text_in(one, "result"));
        labelled(out, "Reloads", is_first,
                 shown(text_in(one, "time")) + " " + shown(text_in(one, "what")) + " " +
                     (result == "done" ? result : with.warning(result)) +
                     (detail.empty() ? "" : ": " + shown(detail)));
    });
    if (is_first) {
        line(out, "Reloads", "none");
    }
}

double rate_of(const json::object& one, const earlier_look& before) {
    const auto seen = before.sent.find(text_in(one, "request_id"));
    if (seen == before.sent.end() || before.seconds <= 0) {
        return number_in(one, "rate");
    }
    return std::max(0.0, number_in(one, "bytes") - static_cast<double>(seen->second)) /
           before.seconds;
}

std::string transfer_line(const json::object& one, const earlier_look& before) {
    constexpr std::size_t narrow = 5;
    constexpr std::size_t wide = 13;
    constexpr std::size_t user = 18;
    const auto name = text_in(one, "user");
    return padded(age_text(number_in(one, "age_s")), wide) +
           padded(count_text(number_in(one, "percent")), narrow) + " %" +
           padded(bytes_text(rate_of(one, before)) + "/s", wide) +
           padded(bytes_text(number_in(one, "bytes")), wide) +
           padded(shown(text_in(one, "waits_for")), wide - 2) + "  " +
           padded(name.empty() ? "-" : shown(name), user, false) + shown(text_in(one, "file")) +
           "\n";
}

void add_transfers(const json::object& state, const earlier_look& before, std::size_t rows,
                   ink with, std::string& out) {
    const auto listed = size_of(state, "transfers");
    const auto all = static_cast<double>(listed) + number_in(state, "transfers_more");
    line(out, "Transfers", all > 0 ? count_text(all) : "none");
    if (listed == 0 || rows == 0) {
        return;
    }
    out +=
        with.heading(
            "          AGE   DONE         RATE         SENT  WAITS FOR  USER              FILE") +
        "\n";
    for_each_in(state, "transfers", rows,
                [&](const json::object& one) { out += transfer_line(one, before); });
    if (const auto left = all - static_cast<double>(std::min(rows, listed)); left > 0) {
        out += "  and " + count_text(left) + " younger ones\n";
    }
}

} // namespace

std::string bytes_text(double bytes) {
    constexpr double step = 1024;
    constexpr std::array<std::string_view, 5> units{"B", "KiB", "MiB", "GiB", "TiB"};
    std::size_t unit = 0;
    while (bytes >= step && unit + 1 < units.size()) {
        bytes /= step;
        ++unit;
    }
    std::array<char, 32> text{};
    const auto size = std::snprintf(text.data(), text.size(), unit == 0 ? "%.0f" : "%.1f", bytes);
    return std::string(text.data(), static_cast<std::size_t>(size)) + " " +
           std::string(units.at(unit));
}

std::string age_text(double seconds) {
    constexpr std::uint64_t minute = 60;
    constexpr std::uint64_t hour = 60 * minute;
    constexpr std::uint64_t day = 24 * hour;
    const auto all = static_cast<std::uint64_t>(std::max(seconds, 0.0));
    const auto text = [](std::uint64_t number, const char* unit) {
        return std::to_string(number) + unit;
    };
    return all >= day      ? text(all / day, " d ") + text(all % day / hour, " h")
           : all >= hour   ? text(all / hour, " h ") + text(all % hour / minute, " min")
           : all >= minute ? text(all / minute, " min")
                           : text(all, " s");
}

sent_bytes sent_bytes_of(const json::object& state) {
    sent_bytes all;
    for_each_in(state, "transfers", all_of_them, [&](const json::object& one) {
        all.emplace(text_in(one, "request_id"),
                    static_cast<std::uint64_t>(std::max(number_in(one, "bytes"), 0.0)));
    });
    return all;
}

std::string status_text(const json::object& state, std::size_t rows, ink with) {
    std::string out = head_of(state, with);
    line(out, "Connections", connections_of(state));
    line(out, "Requests",
         count_text(number_in(state, "requests_active")) + " under way, " +
             bytes_text(number_in(state, "bytes_sent")) + " sent and " +
             count_text(number_in(state, "tokens_issued")) + " tokens issued since the start");
    line(out, "Limits", limits_of(state, with));
    add_keys(state, out);
    line(out, "Store", store_of(state, with));
    add_storage(state, with, out);
    add_object_stores(state, with, out);
    add_reloads(state, with, out);
    add_transfers(state, {}, rows, with, out);
    return out;
}

std::string top_text(const json::object& state, const earlier_look& before, std::size_t rows,
                     ink with) {
    auto out = head_of(state, with);
    line(out, "Connections", connections_of(state));
    line(out, "Limits", limits_of(state, with));
    for_each_in(state, "storage", all_of_them, [&](const json::object& device) {
        if (is_true(device, "away")) {
            line(out, "Storage", shown(text_in(device, "mount")) + " is " + with.alarm("AWAY"));
        }
    });
    for_each_in(state, "object_stores", all_of_them, [&](const json::object& one) {
        if (!is_true(one, "ready")) {
            line(out, "Objects", shown(text_in(one, "name")) + " is " + with.alarm("NOT READY"));
        }
    });
    add_transfers(state, before, rows, with, out);
    return out;
}

} // namespace sluice::app
