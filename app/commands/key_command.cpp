#include "app/commands/key_command.hpp"

#include "app/commands/config_command.hpp"
#include "app/log/joined.hpp"
#include "core/files/file_replacement.hpp"
#include "core/issuer/issuer_key_file.hpp"
#include "core/json/json_text.hpp"
#include "core/text/decimal.hpp"
#include "core/text/timestamp.hpp"
#include "core/token/token_service.hpp"
#include "core/token/ttl.hpp"
#include "crypto/base64url.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <unistd.h>

#include <algorithm>
#include <optional>
#include <ostream>
#include <ranges>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::app {

namespace json = boost::json;

namespace {

using keys = std::vector<core::issuer_key>;

constexpr std::int64_t default_grace = 86400;

std::vector<std::string> split(std::string_view text) {
    std::vector<std::string> list;
    while (!text.empty()) {
        const auto comma = std::min(text.find(','), text.size());
        list.emplace_back(text.substr(0, comma));
        text.remove_prefix(std::min(comma + 1, text.size()));
    }
    return list;
}

/// nullopt when the value of the flag is not a number from 1 to `most`.
std::optional<std::int64_t> number_of(const command_line& line, std::string_view flag,
                                      std::int64_t most) {
    const auto number = core::parse_decimal<std::int64_t>(line.option(flag));
    return number && *number >= 1 && *number <= most ? number : std::nullopt;
}

/// Reads the limits into `key`. Returns an empty text, or what is wrong with a flag.
std::string read_limits(const command_line& line, core::issuer_key& key) {
    for (const auto& name : split(line.option("--types"))) {
        const auto kind = core::parse_media_kind(name);
        if (!kind) {
            return "--types is a list of lesson, course and module";
        }
        key.types.push_back(*kind);
    }
    key.trainers = split(line.option("--trainers"));
    if (!std::ranges::all_of(key.trainers, core::is_identifier)) {
        return "--trainers is a list of trainer ids";
    }
    if (line.has("--max-ttl")) {
        const auto ttl = number_of(line, "--max-ttl", 365 * 86400);
        if (!ttl) {
            return "--max-ttl is a number of seconds, at most a year";
        }
        key.max_ttl = std::chrono::seconds(*ttl);
    }
    if (line.has("--max-resume")) {
        const auto window = core::parse_resume(line.option("--max-resume"));
        if (!window || *window > std::chrono::days(365)) {
            return "--max-resume is a number of seconds, 0 to a year";
        }
        key.max_resume = *window;
    }
    if (line.has("--rate")) {
        const auto rate = number_of(line, "--rate", 1'000'000);
        if (!rate) {
            return "--rate is a number of tokens per second, 1 to 1000000";
        }
        key.rate = static_cast<unsigned>(*rate);
    }
    key.trust = line.has("--trusted") ? core::issuer_trust::trusted : core::issuer_trust::entitled;
    return {};
}

/// The first 8 characters of the digest: tells two keys of one name apart, and reveals nothing.
std::string id_of(const core::issuer_key& key) {
    // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast)
    const auto* const digest = reinterpret_cast<const char*>(key.digest.data());
    return crypto::base64url_encode({digest, 6});
}

int fail(const std::string& path, std::string_view fault, const terminal& streams) {
    streams.err << path << ": " << fault << '\n';
    return exit_failure;
}

/// A change to the keys: `all` are those of `file`, which is locked against other writers
/// meanwhile.
struct change {
    const command_line& line;
    const std::string& path;
    core::file_replacement& file;
    keys all;
    std::int64_t now;
};

/// Writes the keys and then prints the new one, so that a printed key is always in the file.
int keep(const change& what, std::string_view key, const terminal& streams) {
    const auto& all = what.all;
    if (all.size() > core::max_issuer_keys) {
        return refuse(streams, "the file is full: remove retired keys");
    }
    if (const auto fault = what.file.commit(core::issuer_keys_json(all)); !fault.empty()) {
        return fail(what.path, fault, streams);
    }
    if (!key.empty()) {
        streams.out << key << '\n';
        streams.err << "Store this key now: only its hash is kept (id " << id_of(all.back())
                    << " in sluice key list).\n";
    }
    return exit_success;
}

int make(change what, const terminal& streams) {
    auto& [line, path, file, all, now] = what;
    core::issuer_key fresh;
    fresh.name = line.operands.front();
    if (std::ranges::find(all, fresh.name, &core::issuer_key::name) != all.end()) {
        return refuse(streams, "a key with that name exists; use sluice key rotate to replace it");
    }
    if (const auto objection = read_limits(line, fresh); !objection.empty()) {
        return refuse_usage(streams, objection);
    }
    const auto text = core::make_issuer_key(fresh.name);
    fresh.digest = crypto::sha256(text);
    fresh.created_at = now;
    all.push_back(std::move(fresh));
    return keep(what, text, streams);
}

int rotate(change what, const terminal& streams) {
    auto& [line, path, file, all, now] = what;
    const auto grace = line.has("--grace") ? number_of(line, "--grace", 365 * 86400)
                                           : std::optional(default_grace);
    if (!grace) {
        return refuse_usage(streams, "--grace is a number of seconds, at most a year");
    }
    std::optional<core::issuer_key> fresh;
    for (auto& key : all) {
        if (key.name == line.operands.front()) {
            fresh = key; // the last one has the limits in force
            key.not_after = std::min(key.not_after.value_or(now + *grace), now + *grace);
        }
    }
    if (!fresh) {
        return refuse(streams, "no key has that name");
    }
    const auto text = core::make_issuer_key(fresh->name);
    fresh->digest = crypto::sha256(text);
    fresh->not_after.reset();
    fresh->created_at = now;
    all.push_back(*std::move(fresh));
    return keep(what, text, streams);
}

int retire(change what, const terminal& streams) {
    auto& [line, path, file, all, now] = what;
    const auto& name = line.operands.front();
    std::string ended;
    std::size_t before = 0;
    for (auto& key : all) {
        if (key.name != name) {
            continue;
        }
        if (key.not_after && *key.not_after <= now) {
            ++before;
        } else {
            key.not_after = now;
            ended += (ended.empty() ? "" : ", ") + id_of(key);
        }
    }
    if (ended.empty() && before == 0) {
        return refuse(streams, "no key has that name");
    }
    if (ended.empty()) {
        streams.out << name << ": all of its keys (" << before << ") had ended before\n";
        return exit_success;
    }
    const int status = keep(what, {}, streams);
    if (status == exit_success) {
        streams.out << name << ": ended the keys " << ended << "; " << before
                    << " had ended before. A running service rejects them within two seconds.\n";
    }
    return status;
}

template <class List>
std::string described(const List& list) {
    return list.empty() ? "all" : joined(list, ",");
}

std::optional<keys> load(const std::string& path, const terminal& streams) {
    std::vector<core::operator_problem> problems;
    auto all = core::load_issuer_keys(path, problems);
    report(problems, streams);
    return problems.empty() ? std::optional(std::move(all)) : std::nullopt;
}

std::string_view state_of(const core::issuer_key& key, std::int64_t now) {
    return !key.not_after ? "active" : *key.not_after <= now ? "retired" : "ending";
}

json::value number_or_null(bool exists, std::int64_t number) {
    return exists ? json::value(number) : json::value();
}

json::value time_or_null(const std::optional<std::int64_t>& time) {
    return time ? json::value(core::format_timestamp(*time)) : json::value();
}

json::object to_json(const core::issuer_key& key, std::int64_t now) {
    json::array types;
    for (const auto kind : key.types) {
        types.emplace_back(core::name_of(kind));
    }
    json::array trainers(key.trainers.begin(), key.trainers.end());
    return {{"name", key.name},
            {"id", id_of(key)},
            {"state", state_of(key, now)},
            {"types", std::move(types)},
            {"trainers", std::move(trainers)},
            {"max_ttl", number_or_null(key.max_ttl.has_value(),
                                       key.max_ttl.value_or(std::chrono::seconds{}).count())},
            {"max_resume", number_or_null(key.max_resume.has_value(),
                                          key.max_resume.value_or(std::chrono::seconds{}).count())},
            {"rate", number_or_null(key.rate != 0, key.rate)},
            {"trust", key.trust == core::issuer_trust::trusted ? "trusted" : "entitled"},
            {"not_after", time_or_null(key.not_after)},
            {"created_at", time_or_null(key.created_at)}};
}

int list_as_json(const keys& all, std::int64_t now, const terminal& streams) {
    json::array out;
    for (const auto& key : all) {
        out.push_back(to_json(key, now));
    }
    streams.out << core::pretty_json(out) << '\n';
    return exit_success;
}

int list(const keys& all, std::int64_t now, const terminal& streams) {
    for (const auto& key : all) {
        streams.out << key.name
                    << " types=" << described(key.types | std::views::transform([](auto kind) {
                                                  return core::name_of(kind);
                                              }))
                    << " trainers=" << described(key.trainers)
                    << " max_ttl=" << (key.max_ttl ? std::to_string(key.max_ttl->count()) : "-")
                    << (key.max_resume ? " max_resume=" + std::to_string(key.max_resume->count())
                                       : "")
                    << " rate=" << (key.rate != 0 ? std::to_string(key.rate) : "-")
                    << (key.trust == core::issuer_trust::trusted ? " trusted" : " entitled")
                    << " id=" << id_of(key);
        if (key.created_at) {
            streams.out << " made " << core::format_timestamp(*key.created_at);
        }
        if (key.not_after) {
            streams.out << (*key.not_after <= now ? " retired " : " until ")
                        << core::format_timestamp(*key.not_after);
        }
        streams.out << '\n';
    }
    return exit_success;
}

} // namespace

int run_key_command(const command_line& line, const core::config& settings,
                    std::chrono::sys_seconds now, const terminal& streams) {
    const auto& path = settings.issuer.keys_file;
    if (path.empty()) {
        return refuse(streams,
                      "no file given: set --keys-file, or issuer.keys_file in the configuration");
    }
    if (!line.operands.empty() && !core::is_key_id(line.operands.front())) {
        return refuse_usage(streams,
                            "a name is 1 to 64 letters, digits, dots, dashes or underscores");
    }
    if (line.what == command::key_list) {
        const auto all = load(path, streams);
        const auto print = line.has("--json") ? list_as_json : list;
        return all ? print(*all, now.time_since_epoch().count(), streams) : exit_failure;
    }
    core::file_replacement file(path);
    if (!file.fault().empty()) {
        return fail(path, file.fault(), streams);
    }
    const bool is_first = line.what == command::key_new && ::access(path.c_str(), F_OK) != 0;
    auto all = is_first ? std::optional(keys{}) : load(path, streams);
    if (!all) {
        return exit_failure;
    }
    change what{line, path, file, *std::move(all), now.time_since_epoch().count()};
    switch (line.what) {
    case command::key_new:
        return make(std::move(what), streams);
    case command::key_rotate:
        return rotate(std::move(what), streams);
    default:
        return retire(std::move(what), streams);
    }
}

} // namespace sluice::app
