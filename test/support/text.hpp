#pragma once
// Texts of tests: parts of them, and the content of files.

#include <fstream>
#include <sstream>
#include <string>
#include <string_view>

namespace sluice::test {

inline bool contains(std::string_view text, std::string_view part) {
    return text.find(part) != std::string_view::npos;
}

/// Empty when the file does not exist.
inline std::string content_of(const std::string& path) {
    std::ostringstream text;
    text << std::ifstream(path, std::ios::binary).rdbuf();
    return text.str();
}

} // namespace sluice::test
