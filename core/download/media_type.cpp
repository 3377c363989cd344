#include "core/download/media_type.hpp"

#include "core/text/ascii_case.hpp"

#include <algorithm>
#include <array>

namespace sluice::core {

namespace {

constexpr std::string_view unknown_type = "application/octet-stream";

struct entry {
    std::string_view extension; // lower case
    std::string_view type;
};

// IANA's names, except where clients know an older one better (Matroska, AVI).
constexpr auto table = std::to_array<entry>({
    {"mp4", "video/mp4"},        {"m4v", "video/mp4"},
    {"webm", "video/webm"},      {"mov", "video/quicktime"},
    {"mkv", "video/x-matroska"}, {"avi", "video/x-msvideo"},
    {"wmv", "video/x-ms-wmv"},   {"flv", "video/x-flv"},
    {"mpg", "video/mpeg"},       {"mpeg", "video/mpeg"},
    {"ts", "video/mp2t"},        {"m2ts", "video/mp2t"},
    {"ogv", "video/ogg"},        {"3gp", "video/3gpp"},
    {"3g2", "video/3gpp2"},      {"m3u8", "application/vnd.apple.mpegurl"},
    {"mp3", "audio/mpeg"},       {"m4a", "audio/mp4"},
    {"aac", "audio/aac"},        {"wav", "audio/wav"},
    {"ogg", "audio/ogg"},        {"oga", "audio/ogg"},
    {"opus", "audio/ogg"},       {"flac", "audio/flac"},
    {"vtt", "text/vtt"},         {"srt", "application/x-subrip"},
    {"jpg", "image/jpeg"},       {"jpeg", "image/jpeg"},
    {"png", "image/png"},        {"gif", "image/gif"},
    {"webp", "image/webp"},      {"pdf", "application/pdf"},
    {"zip", "application/zip"},
});

} // namespace

std::string_view media_type_of(std::string_view filename) noexcept {
    const auto dot = filename.rfind('.');
    if (dot == std::string_view::npos || dot == 0) {
        return unknown_type;
    }
    const auto extension = filename.substr(dot + 1);
    const auto found = std::ranges::find_if(
        table, [&](const entry& known) { return iequals(extension, known.extension); });
    return found == table.end() ? unknown_type : found->type;
}

} // namespace sluice::core
