#include "app/cli/command_line.hpp"

#include "core/text/nearest_name.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <set>
#include <utility>

namespace sluice::app {

namespace {

using outcome = std::variant<command_line, usage_error>;

bool asks_for_help(std::string_view word) {
    return word == "--help" || word == "-h";
}

struct guess {
    std::string_view word;
    std::string_view meant;
};

/// Words that people try, and what they mean here.
constexpr std::array command_guesses{guess{"start", "serve"},
                                     guess{"run", "serve"},
                                     guess{"server", "serve"},
                                     guess{"check", "config check"},
                                     guess{"test", "config check"},
                                     guess{"validate", "config check"},
                                     guess{"mint", "token issue"},
                                     guess{"issue", "token issue"},
                                     guess{"inspect", "token inspect"},
                                     guess{"verify", "token verify"},
                                     guess{"why", "token why"},
                                     guess{"migrate", "store migrate"},
                                     guess{"ban", "revoke user"},
                                     guess{"import", "grant import"},
                                     guess{"keys", "key list"},
                                     guess{"print", "config print"},
                                     guess{"ps", "top"},
                                     guess{"info", "status"},
                                     guess{"stats", "status"},
                                     guess{"transfers", "top"},
                                     guess{"completions", "completion"}};

constexpr std::array flag_guesses{guess{"--port", "--listen"},
                                  guess{"-p", "--listen"},
                                  guess{"--host", "--listen"},
                                  guess{"--bind", "--listen"},
                                  guess{"--address", "--listen"},
                                  guess{"--root", "--media-root"},
                                  guess{"--dir", "--media-root"},
                                  guess{"--media", "--media-root"},
                                  guess{"-c", "--config"},
                                  guess{"-f", "--config"},
                                  guess{"--file", "--config"},
                                  guess{"--conf", "--config"},
                                  guess{"--verbose", "--log-level"},
                                  guess{"--debug", "--log-level"},
                                  guess{"--keys", "--key-file"},
                                  guess{"--db", "--store"},
                                  guess{"--database", "--store"},
                                  guess{"--uid", "--user"},
                                  guess{"--user-id", "--user"},
                                  guess{"--expires", "--ttl"},
                                  guess{"--format", "--json"},
                                  guess{"-j", "--json"},
                                  guess{"-o", "--json"},
                                  guess{"--delay", "--interval"},
                                  guess{"-d", "--interval"},
                                  guess{"-n", "--interval"},
                                  guess{"-1", "--once"}};

/// The meaning of the guess; empty if it is none.
std::string_view meant_by(std::span<const guess> guesses, std::string_view word) {
    const auto* const found = std::ranges::find(guesses, word, &guess::word).operator->();
    return found == guesses.data() + guesses.size() ? std::string_view{} : found->meant;
}

/// The flag that a surplus operand of the command may be for; empty: none.
std::string_view flag_for_operand(command what) {
    switch (what) {
    case command::serve:
        return "--media-root";
    case command::config_check:
    case command::config_print:
        return "--config";
    case command::key_list:
        return "--keys-file";
    case command::status:
    case command::top:
        return "--socket";
    case command::store_check:
    case command::store_migrate:
    case command::revoke_list:
        return "--store";
    case command::grant_list:
    case command::grant_add:
    case command::grant_remove:
    case command::token_issue:
        return "--user";
    case command::token_why:
        return "--url";
    default:
        return {};
    }
}

std::vector<std::string> words_of(std::string_view name) {
    const auto space = name.find(' ');
    if (space == std::string_view::npos) {
        return {std::string(name)};
    }
    return {std::string(name.substr(0, space)), std::string(name.substr(space + 1))};
}

command_line help_on(std::vector<std::string> topic) {
    command_line parsed;
    parsed.what = command::help;
    parsed.operands = std::move(topic);
    return parsed;
}

/// The row whose name `arguments` begin with.
const command_row* match_command(std::span<const std::string> arguments) {
    for (const auto& row : commands()) {
        const auto words = words_of(row.name);
        if (words.size() <= arguments.size() &&
            std::equal(words.begin(), words.end(), arguments.begin())) {
            return &row;
        }
    }
    return nullptr;
}

/// The reason why no command matches `arguments`, or the help if they request that of a group of
/// commands.
outcome explain_mismatch(std::span<const std::string> arguments) {
    const auto& first = arguments.front();
    if (first.starts_with('-')) {
        return usage_error{"put the command before the flags: sluice serve " + first};
    }
    std::vector<std::string_view> seconds;
    std::vector<std::string_view> names;
    for (const auto& row : commands()) {
        const auto space = std::min(row.name.find(' '), row.name.size());
        names.push_back(row.name.substr(0, space));
        if (space < row.name.size() && row.name.substr(0, space) == first) {
            seconds.push_back(row.name.substr(space + 1));
        }
    }
    if (seconds.empty()) {
        const auto meant = meant_by(command_guesses, first);
        return usage_error{"unknown command: " + first +
                           (meant.empty() ? core::suggestion(first, names)
                                          : ", did you mean sluice " + std::string(meant) + "?")};
    }
    if (arguments.size() > 1 && asks_for_help(arguments[1])) {
        return help_on({first});
    }
    if (arguments.size() > 1) {
        return usage_error{"unknown command: " + first + " " + arguments[1] +
                           core::suggestion(arguments[1], seconds)};
    }
    std::string list;
    for (const auto second : seconds) {
        list += (list.empty()               ? ""
                 : second == seconds.back() ? " or "
                                            : ", ") +
                std::string(second);
    }
    return usage_error{first + " needs a second word: " + list};
}

/// Parses the arguments after the command.
class argument_reader {
  public:
    argument_reader(const command_row& row, std::span<const std::string> rest)
        : row_(row), rest_(rest) {
        parsed_.what = row.what;
    }

    outcome read() {
        while (!rest_.empty()) {
            const auto word = take();
            if (word == "--") {
                parsed_.operands.insert(parsed_.operands.end(), rest_.begin(), rest_.end());
                break;
            }
            if (asks_for_help(word)) {
                return help_on(words_of(row_.name));
            }
            if (is_operand(word)) {
                parsed_.operands.push_back(word);
            } else if (auto fault = read_flag(word)) {
                return std::move(*fault);
            }
        }
        return finish();
    }

  private:
    // Operands may begin with one dash, as a token's jti can; no flag does.
    [[nodiscard]] bool is_operand(std::string_view word) const {
        return word == "-" || !word.starts_with('-') ||
               (row_.max_operands > 0 && !word.starts_with("--"));
    }

    std::string take() {
        auto word = rest_.front();
        rest_ = rest_.subspan(1);
        return word;
    }

    std::optional<usage_error> read_flag(const std::string& word) {
        const auto equals = word.find('=');
        const auto name = word.substr(0, equals);
        const auto* const flag = find_flag(row_, name);
        if (flag == nullptr) {
            return unknown(name);
        }
        const bool has_value = equals != std::string::npos;
        if (flag->value.empty()) {
            return has_value ? usage_error{name + " takes no value"}
                             : keep(*flag, std::string(flag->gives));
        }
        if (has_value) {
            return keep(*flag, word.substr(equals + 1));
        }
        if (rest_.empty() || rest_.front().starts_with("--")) {
            return usage_error{name + " needs a value: " + name + " " + std::string(flag->value)};
        }
        return keep(*flag, take());
    }

    std::optional<usage_error> keep(const flag_row& flag, std::string value) {
        const std::string name(flag.name);
        if (flag.name == set_flag) {
            const auto equals = value.find('=');
            if (equals == std::string::npos) {
                return usage_error{"--set needs PATH=VALUE, such as limits.connections=100"};
            }
            const auto path = value.substr(0, equals);
            parsed_.settings.push_back({name + " " + path, path, value.substr(equals + 1)});
            return std::nullopt;
        }
        if (!seen_.insert(flag.name).second) {
            return usage_error{name + " is given twice"};
        }
        if (flag.name == config_flag) {
            parsed_.config_file = std::move(value);
        } else if (!flag.setting.empty()) {
            parsed_.settings.push_back({name, std::string(flag.setting), std::move(value)});
        } else {
            parsed_.options.emplace(name, std::move(value));
        }
        return std::nullopt;
    }

    [[nodiscard]] usage_error unknown(const std::string& name) const {
        if (name.find("secret") != std::string::npos) {
            return {"a secret is not accepted as a flag, because other users can read the command "
                    "line: use --key-file "
                    "or SLUICE_SECRET"};
        }
        std::vector<std::string_view> known;
        for (const auto group : row_.flags) {
            for (const auto& flag : group) {
                known.push_back(flag.name);
            }
        }
        const auto meant = meant_by(flag_guesses, name);
        const bool is_guess = std::ranges::find(known, meant) != known.end();
        auto message = "sluice " + std::string(row_.name) + " has no flag " + name +
                       (is_guess ? ", did you mean " + std::string(meant) + "?"
                                 : core::suggestion(name, known));
        if (row_.max_operands > 0) {
            message += "; to pass a value that starts with a dash, put it after --";
        }
        return {std::move(message)};
    }

    outcome finish() {
        const auto name = "sluice " + std::string(row_.name);
        if (parsed_.operands.size() < row_.min_operands) {
            return usage_error{name + " needs " + std::string(row_.operand)};
        }
        if (parsed_.operands.size() > row_.max_operands) {
            const auto meant = flag_for_operand(row_.what);
            const auto* const flag = meant.empty() ? nullptr : find_flag(row_, meant);
            return usage_error{
                name + (row_.max_operands == 0 ? " takes no operands" : " takes fewer operands") +
                (flag == nullptr ? ""
                                 : ", did you mean " + name + " " + std::string(meant) + " " +
                                       std::string(flag->value) + "?")};
        }
        return std::move(parsed_);
    }

    const command_row& row_;
    std::span<const std::string> rest_;
    std::set<std::string_view> seen_;
    command_line parsed_;
};

} // namespace

std::string_view command_line::option(std::string_view flag) const {
    const auto found = options.find(flag);
    return found == options.end() ? std::string_view{} : found->second;
}

outcome parse_command_line(std::span<const std::string> arguments) {
    if (arguments.empty()) {
        return usage_error{"no command given"};
    }
    if (asks_for_help(arguments.front())) {
        return help_on({});
    }
    if (arguments.front() == "--version" || arguments.front() == "-V" ||
        arguments.front() == "-v") {
        return argument_reader(row_of(command::version), arguments.subspan(1)).read();
    }
    const auto* const row = match_command(arguments);
    if (row == nullptr) {
        return explain_mismatch(arguments);
    }
    return argument_reader(*row, arguments.subspan(words_of(row->name).size())).read();
}

} // namespace sluice::app
