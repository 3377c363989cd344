#include "core/config/environment_file.hpp"

#include "core/config/config_source.hpp"
#include "core/files/secret_file.hpp"

#include <algorithm>
#include <cstddef>

namespace sluice::core {

namespace {

constexpr std::size_t max_environment_bytes = 65536;
constexpr std::string_view blanks = " \t\r";

std::string_view trimmed(std::string_view text) {
    const auto first = std::min(text.find_first_not_of(blanks), text.size());
    text.remove_prefix(first);
    return text.substr(0, text.find_last_not_of(blanks) + 1);
}

/// The value without its quotes. In double quotes, a backslash keeps the next character.
std::string unquoted(std::string_view value) {
    if (value.size() < 2 || value.front() != value.back() ||
        (value.front() != '"' && value.front() != '\'')) {
        return std::string(value);
    }
    const bool has_escapes = value.front() == '"';
    value = value.substr(1, value.size() - 2);
    std::string out;
    for (std::size_t i = 0; i < value.size(); ++i) {
        if (has_escapes && value[i] == '\\' && i + 1 < value.size()) {
            ++i;
        }
        out += value[i];
    }
    return out;
}

} // namespace

environment_file parse_environment_file(std::string_view text, const std::string& path,
                                        std::vector<operator_problem>& problems) {
    environment_file read;
    for (std::size_t number = 1; !text.empty(); ++number) {
        const auto end = std::min(text.find('\n'), text.size());
        const auto line = trimmed(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
        if (line.empty() || line.front() == '#' || line.front() == ';') {
            continue;
        }
        const auto equals = line.find('=');
        if (equals == std::string_view::npos || line.back() == '\\') {
            problems.push_back({path + ":" + std::to_string(number),
                                "must be NAME=VALUE on one line, without export"});
            continue;
        }
        const auto name = trimmed(line.substr(0, equals));
        auto value = unquoted(trimmed(line.substr(equals + 1)));
        if (name == secret_variable) {
            read.secret.emplace(value);
            crypto::wipe(value.data(), value.size());
        } else if (name.starts_with("SLUICE_")) {
            read.variables.emplace_back(name, std::move(value));
        }
    }
    return read;
}

environment_file read_environment_file(const std::string& path,
                                       std::vector<operator_problem>& problems) {
    trusted_text text;
    if (auto fault = read_trusted_file(path, file_secrecy::unwritable, max_environment_bytes, text);
        !fault.empty()) {
        problems.push_back({path, std::move(fault)});
        return {};
    }
    auto read = parse_environment_file(text.text, path, problems);
    if (read.secret && !text.exposure.empty()) {
        problems.push_back({path, "holds SLUICE_SECRET and " + text.exposure});
    }
    return read;
}

} // namespace sluice::core
