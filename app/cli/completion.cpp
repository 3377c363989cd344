#include "app/cli/completion.hpp"

#include "app/cli/command_table.hpp"
#include "core/config/config_settings.hpp"

#include <algorithm>
#include <set>
#include <vector>

namespace sluice::app {

namespace {

/// The kind of value that a flag takes, by its placeholder in the help.
enum class value_kind : std::uint8_t { none, any, file, directory, setting, words };

value_kind kind_of(const flag_row& flag) {
    if (flag.value.empty()) {
        return value_kind::none;
    }
    if (flag.name == set_flag) {
        return value_kind::setting;
    }
    if (flag.value == "FILE" || flag.value == "PATH") {
        return value_kind::file;
    }
    const auto* const which = core::find_setting(flag.setting);
    const bool has_words = flag.value == "KIND" || (which != nullptr && !which->choices.empty());
    return flag.value == "DIR" ? value_kind::directory
           : has_words         ? value_kind::words
                               : value_kind::any;
}

std::string words_of(const flag_row& flag) {
    if (flag.value == "KIND") {
        return "lesson course module";
    }
    std::string out;
    for (const auto choice : core::find_setting(flag.setting)->choices) {
        out.append(out.empty() ? "" : " ").append(choice);
    }
    return out;
}

/// The words that an operand of the command can be; empty: a file, or anything.
std::string_view operand_words(const command_row& row) {
    return row.what == command::completion    ? "bash zsh fish"
           : row.what == command::revoke_lift ? "token user key"
                                              : "";
}

std::vector<const flag_row*> flags_of(const command_row& row) {
    std::vector<const flag_row*> all;
    for (const auto group : row.flags) {
        for (const auto& flag : group) {
            all.push_back(&flag);
        }
    }
    return all;
}

std::string first_word(std::string_view name) {
    return std::string(name.substr(0, name.find(' ')));
}

/// The first words of all commands, each once.
std::set<std::string> first_words() {
    std::set<std::string> all;
    for (const auto& row : commands()) {
        all.insert(first_word(row.name));
    }
    return all;
}

/// The second words after `first`, separated by spaces; empty when it stands alone.
std::string second_words(std::string_view first) {
    std::string all;
    for (const auto& row : commands()) {
        if (row.name.starts_with(first) && row.name.size() > first.size() &&
            row.name[first.size()] == ' ') {
            all.append(all.empty() ? "" : " ").append(row.name.substr(first.size() + 1));
        }
    }
    return all;
}

std::string setting_words() {
    std::string all;
    for (const auto& each : core::settings()) {
        all.append(all.empty() ? "" : " ").append(each.path).append("=");
    }
    return all;
}

/// The cases "command)" of a shell's case statement that sets the variable `words` to what may
/// follow: second words, flags, or words of an operand.
std::string cases_of_commands() {
    std::string out = "    '')  choices='";
    for (const auto& word : first_words()) {
        out += word + " ";
    }
    out += "' ;;\n";
    for (const auto& first : first_words()) {
        if (const auto seconds = second_words(first); !seconds.empty()) {
            out += "    '" + first + "') choices='" + seconds + "' ;;\n";
        }
    }
    for (const auto& row : commands()) {
        out += "    '" + std::string(row.name) + "') choices='" + std::string(operand_words(row));
        for (const auto* const flag : flags_of(row)) {
            out.append(" ").append(flag->name);
        }
        out += row.what == command::help ? "" : " --help";
        if (row.what == command::help) {
            for (const auto& word : first_words()) {
                out += " " + word;
            }
        }
        out += "' ;;\n";
    }
    return out;
}

/// The cases "flag)" that run `file`, `directory`, or set `words` to the values of a flag.
std::string cases_of_values(std::string_view file, std::string_view directory) {
    std::set<std::string> done;
    std::string out;
    for (const auto& row : commands()) {
        for (const auto* const flag : flags_of(row)) {
            const std::string name(flag->name);
            const auto kind = kind_of(*flag);
            if (kind == value_kind::none || !done.insert(name).second) {
                continue;
            }
            out += "    " + name + ") ";
            out += kind == value_kind::file        ? std::string(file)
                   : kind == value_kind::directory ? std::string(directory)
                   : kind == value_kind::setting   ? "choices='" + setting_words() + "'"
                   : kind == value_kind::words     ? "choices='" + words_of(*flag) + "'"
                                                   : std::string("choices=''");
            out += " ;;\n";
        }
    }
    return out;
}

/// Sets `command` to the name of the command that `line`, the words before the cursor, begins with.
constexpr std::string_view find_command = R"(    for word in $line; do
        case $word in
        -*) break ;;
        *) command="${command:+$command }$word" ;;
        esac
        case " $singles " in *" $command "*) break ;; esac
        case $command in *' '*) break ;; esac
    done
)";

std::string singles() {
    std::string all;
    for (const auto& row : commands()) {
        if (row.name.find(' ') == std::string_view::npos) {
            all.append(all.empty() ? "" : " ").append(row.name);
        }
    }
    return all;
}

std::string bash() {
    return "# bash completion of sluice, written by: sluice completion bash\n"
           "_sluice() {\n"
           "    local cur=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]}\n"
           "    local line=\"${COMP_WORDS[*]:1:COMP_CWORD-1}\" command='' word choices=''\n"
           "    local singles='" +
           singles() + "'\n    COMPREPLY=()\n" + std::string(find_command) +
           "    case $previous in\n" +
           cases_of_values("compopt -o default 2>/dev/null; return",
                           "compopt -o dirnames 2>/dev/null; return") +
           "    *)\n    case $command in\n" + cases_of_commands() +
           "    esac ;;\n    esac\n"
           "    [[ $previous != --set ]] || compopt -o nospace 2>/dev/null\n"
           "    [[ $command != 'grant import' ]] || compopt -o default 2>/dev/null\n"
           "    mapfile -t COMPREPLY < <(compgen -W \"$choices\" -- \"$cur\")\n"
           "}\n"
           "complete -F _sluice sluice\n";
}

std::string zsh() {
    return "#compdef sluice\n"
           "# zsh completion of sluice, written by: sluice completion zsh\n"
           "_sluice() {\n"
           "    setopt localoptions shwordsplit\n"
           "    local previous=${words[CURRENT-1]} line=\"${words[2,CURRENT-1]}\" command='' word\n"
           "    local singles='" +
           singles() + "' list=''\n" + std::string(find_command) +
           "    local choices=''\n    case $previous in\n" +
           cases_of_values("_files; return", "_files -/; return") +
           "    *)\n    case $command in\n" + cases_of_commands() +
           "    esac ;;\n    esac\n"
           "    [[ $previous == --set ]] && { compadd -S '' -- $choices; return }\n"
           "    compadd -- $choices\n"
           "}\n"
           "compdef _sluice sluice\n";
}

/// `text` in single quotes for fish.
std::string fish_quoted(std::string_view text) {
    std::string out = "'";
    for (const char c : text) {
        out += c == '\'' || c == '\\' ? "\\" : "";
        out += c;
    }
    return out + "'";
}

std::string fish_flag(const command_row& row, const flag_row& flag) {
    const auto kind = kind_of(flag);
    auto out = "complete -c sluice -n '__sluice_at " + std::string(row.name) + "' -l " +
               std::string(flag.name.substr(2)) + " -d " + fish_quoted(flag.help);
    switch (kind) {
    case value_kind::none:
        return out + "\n";
    case value_kind::file:
        return out + " -r -F\n";
    case value_kind::directory:
        return out + " -x -a '(__fish_complete_directories)'\n";
    case value_kind::setting:
        return out + " -x -a " + fish_quoted(setting_words()) + "\n";
    case value_kind::words:
        return out + " -x -a " + fish_quoted(words_of(flag)) + "\n";
    case value_kind::any:
        break;
    }
    return out + " -x\n";
}

std::string fish() {
    std::string out = "# fish completion of sluice, written by: sluice completion fish\n"
                      "function __sluice_at\n"
                      "    set -l line (commandline -opc)[2..-1]\n"
                      "    set -l wanted (count $argv)\n"
                      "    test $wanted -eq 0; and test (count $line) -eq 0; and return 0\n"
                      "    test $wanted -gt 0; and test (count $line) -ge $wanted; or return 1\n"
                      "    test \"$line[1..$wanted]\" = \"$argv\"\n"
                      "end\n"
                      "function __sluice_after\n"
                      "    set -l line (commandline -opc)[2..-1]\n"
                      "    test (count $line) -eq 1; and test \"$line\" = \"$argv\"\n"
                      "end\n"
                      "complete -c sluice -f\n";
    for (const auto& first : first_words()) {
        const auto seconds = second_words(first);
        const auto row = std::ranges::find(commands(), std::string_view(first), &command_row::name);
        out += "complete -c sluice -n '__sluice_at' -a " + first + " -d " +
               fish_quoted(row != commands().end() ? row->summary : std::string_view(seconds)) +
               "\n";
    }
    for (const auto& row : commands()) {
        const auto space = row.name.find(' ');
        if (space != std::string_view::npos) {
            out += "complete -c sluice -n '__sluice_after " + first_word(row.name) + "' -a " +
                   std::string(row.name.substr(space + 1)) + " -d " + fish_quoted(row.summary) +
                   "\n";
        }
        for (const auto* const flag : flags_of(row)) {
            out += fish_flag(row, *flag);
        }
        if (const auto words = operand_words(row); !words.empty()) {
            out += "complete -c sluice -n '__sluice_at " + std::string(row.name) + "' -a " +
                   fish_quoted(words) + "\n";
        } else if (row.operand.starts_with("FILE")) {
            out += "complete -c sluice -n '__sluice_at " + std::string(row.name) + "' -F\n";
        }
    }
    return out;
}

} // namespace

std::string completion_script(std::string_view shell) {
    return shell == "bash" ? bash() : shell == "zsh" ? zsh() : shell == "fish" ? fish() : "";
}

} // namespace sluice::app
