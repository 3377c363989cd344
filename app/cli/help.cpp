#include "app/cli/help.hpp"

#include <algorithm>
#include <cstddef>

namespace sluice::app {

namespace {

/// `left` padded to `width`, at least two spaces, then `right`.
std::string line(std::string_view left, std::size_t width, std::string_view right) {
    std::string out = "  " + std::string(left);
    out.append(left.size() < width ? width - left.size() : 0, ' ');
    return out + "  " + std::string(right) + "\n";
}

std::string with_value(const flag_row& flag) {
    return std::string(flag.name) + (flag.value.empty() ? "" : " " + std::string(flag.value));
}

std::string flag_lines(const command_row& row) {
    std::size_t width = 0;
    for (const auto group : row.flags) {
        for (const auto& flag : group) {
            width = std::max(width, with_value(flag).size());
        }
    }
    std::string out;
    for (const auto group : row.flags) {
        for (const auto& flag : group) {
            out += line(with_value(flag), width, flag.help);
        }
    }
    return out;
}

} // namespace

std::string overview() {
    std::string out = "sluice: serves media files to the holders of download tokens\n"
                      "\n"
                      "Usage: sluice COMMAND [flags]\n"
                      "\n"
                      "Commands:\n";
    std::size_t width = 0;
    for (const auto& row : commands()) {
        width = std::max(width, row.name.size());
    }
    for (const auto& row : commands()) {
        out += line(row.name, width, row.summary);
    }
    return out +
           "\n"
           "Example, on this machine with a key for this run only:\n"
           "  sluice serve --dev --media-root ./media\n"
           "\n"
           "sluice help COMMAND explains one. Settings come from a file, then SLUICE_...\n"
           "variables, then flags; sluice config print shows the outcome. Without --config, all\n"
           "commands but serve read the file of the installed service, and root's go on as its "
           "user.\n"
           "Exit status: 0 yes or done, 1 no or failed, 2 the command line is not valid.\n";
}

std::string help_on_command(const command_row& row) {
    const auto flags = flag_lines(row);
    std::string out = "sluice " + std::string(row.name) + ": " + std::string(row.summary) + "\n\n" +
                      "Usage: sluice " + std::string(row.name);
    out += flags.empty() ? "" : " [flags]";
    out += row.operand.empty() ? "" : " " + std::string(row.operand);
    out += "\n";
    if (!flags.empty()) {
        out += "\nFlags:\n" + flags;
    }
    return out + "\nExample:\n  " + std::string(row.example) + "\n";
}

std::string help_on_topic(std::span<const std::string> topic) {
    if (topic.empty()) {
        return overview();
    }
    std::string name = topic.front();
    for (const auto& word : topic.subspan(1)) {
        name += " " + word;
    }
    std::string out;
    for (const auto& row : commands()) {
        if (row.name == name || row.name.starts_with(name + " ")) {
            out += (out.empty() ? "" : "\n") + help_on_command(row);
        }
    }
    return out;
}

} // namespace sluice::app
