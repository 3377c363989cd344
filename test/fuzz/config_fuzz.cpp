// Fuzzes the operator's input: the configuration file, settings one per line, a key file. For any
// content, each problem has a location and a message, and settings without a problem print as a
// file that sets the same values. The first byte selects which of the three the rest is.
#include "core/config/config_print.hpp"
#include "core/config/config_source.hpp"
#include "core/token/key_entries.hpp"
#include "test/fuzz/fuzz.hpp"
#include "test/support/temp_dir.hpp"

#include <algorithm>

using namespace sluice;

namespace {

void check(const core::loaded_config& loaded, const test::temp_dir& dir) {
    for (const auto& problem : loaded.problems) {
        fuzz::require(!problem.where.empty() && !problem.what.empty());
    }
    if (!loaded.problems.empty()) {
        return;
    }
    const auto printed = core::to_json(loaded.settings);
    dir.write_file("printed", printed);
    const auto again = core::load_config(
        {.file = dir.path("printed"), .environment = {}, .flags = {}}, core::config_use::serve);
    fuzz::require(again.problems.empty() && core::to_json(again.settings) == printed);
}

void load_file(std::string_view text, const test::temp_dir& dir) {
    dir.write_file("config", text);
    check(core::load_config({.file = dir.path("config"), .environment = {}, .flags = {}},
                            core::config_use::serve),
          dir);
}

void load_flags(std::string_view text, const test::temp_dir& dir) {
    core::config_sources sources;
    while (!text.empty()) {
        const auto line = fuzz::next_line(text);
        const auto equals = std::min(line.find('='), line.size());
        sources.flags.push_back(
            {.flag = "--set " + std::string(line.substr(0, equals)),
             .path = std::string(line.substr(0, equals)),
             .value = std::string(line.substr(std::min(equals + 1, line.size())))});
    }
    check(core::load_config(sources, core::config_use::serve), dir);
}

void read_keys(std::string_view text) {
    std::vector<core::operator_problem> problems;
    const auto keys = core::parse_key_entries(text, "keys.json", problems);
    fuzz::require(!problems.empty() || (!keys.empty() && keys.size() <= 16));
    for (const auto& key : keys) {
        fuzz::require(!key.kid().empty() && key.kid().size() <= 64);
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const test::temp_dir dir;
    if (size == 0) {
        return 0;
    }
    const auto text = fuzz::text_of(data + 1, size - 1);
    switch (data[0] % 3) {
    case 0:
        load_file(text, dir);
        break;
    case 1:
        load_flags(text, dir);
        break;
    default:
        read_keys(text);
        break;
    }
    return 0;
}
