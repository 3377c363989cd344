#include "core/files/web_files.hpp"

#include "core/base/unique_fd.hpp"
#include "core/files/small_file.hpp"
#include "crypto/base64url.hpp"
#include "crypto/hmac_sha256.hpp"

#include <fcntl.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <filesystem>
#include <iterator>
#include <map>
#include <stdexcept>
#include <utility>

namespace sluice::core {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view compressed_suffix = ".gz";

// The one link that is followed: a package keeps the page below /usr and the operator's list below
// /etc.
constexpr std::string_view list_path = "/catalogue.json";

// The page's own script and style. Unlike media, these files come from the operator's folder and
// are meant to run.
constexpr std::array<std::pair<std::string_view, std::string_view>, 10> types{{
    {".html", "text/html; charset=utf-8"},
    {".js", "text/javascript; charset=utf-8"},
    {".css", "text/css; charset=utf-8"},
    {".json", "application/json"},
    {".webmanifest", "application/manifest+json"},
    {".svg", "image/svg+xml"},
    {".png", "image/png"},
    {".webp", "image/webp"},
    {".ico", "image/x-icon"},
    {".woff2", "font/woff2"},
}};

bool is_word(char c) noexcept {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-';
}

bool is_plain_name(std::string_view name) noexcept {
    return !name.empty() && name.front() != '.' &&
           std::ranges::all_of(name, [](char c) { return c == '.' || is_word(c); });
}

std::string_view extension_of(std::string_view name) noexcept {
    const auto dot = name.rfind('.');
    return dot == std::string_view::npos ? std::string_view{} : name.substr(dot);
}

std::string_view type_of(std::string_view name) noexcept {
    const auto* const found =
        std::ranges::find(types, extension_of(name), [](const auto& row) { return row.first; });
    return found == types.end() ? std::string_view{} : found->second;
}

/// "index-B1x2y3z4.js": the names that bundlers write, with eight characters of hash before the
/// extension.
bool has_hash(std::string_view name) noexcept {
    constexpr std::size_t hash_length = 8;
    const auto stem = name.substr(0, name.size() - extension_of(name).size());
    return stem.size() > hash_length + 1 && stem[stem.size() - hash_length - 1] == '-' &&
           std::ranges::all_of(stem.substr(stem.size() - hash_length), is_word);
}

/// Not a secret: with a fixed key, the MAC serves as a digest.
std::string tag_of(std::string_view content) {
    static const auto key = crypto::hmac_key::make("sluice: entity tags of the page's files");
    constexpr std::size_t kept = 12;
    const auto mac = key->mac(content);
    std::string digest(mac.begin(), mac.begin() + kept);
    return '"' + crypto::base64url_encode(digest) + '"';
}

std::string read_whole(const fs::path& path) {
    const unique_fd fd(::open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK));
    if (!fd) {
        throw std::runtime_error("web.root: " + path.string() + ": " + system_message(errno));
    }
    std::string content;
    if (const auto fault = read_small_file(fd.get(), max_web_file_bytes, content); !fault.empty()) {
        throw std::runtime_error("web.root: " + path.string() + " " + fault);
    }
    return content;
}

/// Collects the paths below `root` that are served, sorted, with their locations on disk.
class collector {
  public:
    explicit collector(web_bundle& out) : out_(out) {}

    void visit(const fs::path& folder, const std::string& prefix, bool may_descend) {
        for (const auto& entry : fs::directory_iterator(folder)) {
            const auto name = entry.path().filename().string();
            const auto status = entry.symlink_status();
            if (may_descend && fs::is_directory(status) && is_plain_name(name)) {
                visit(entry.path(), prefix + name + "/", false);
            } else if (fs::is_regular_file(status) && is_plain_name(name)) {
                found_.emplace(prefix + name, entry.path());
            } else if (prefix + name == list_path && fs::is_regular_file(entry.path())) {
                found_.emplace(prefix + name, fs::canonical(entry.path()));
            } else {
                out_.ignored.push_back(prefix + name);
            }
        }
    }

    void read() {
        for (const auto& [path, where] : found_) {
            const auto type = type_of(path);
            if (type.empty()) {
                note_unknown(path);
                continue;
            }
            if (out_.files.size() == max_web_files) {
                throw std::runtime_error("web.root: more than " + std::to_string(max_web_files) +
                                         " files; is it the folder of the built page?");
            }
            auto content = read_whole(where);
            auto etag = tag_of(content);
            const auto twin = found_.find(path + std::string(compressed_suffix));
            out_.files.push_back({.path = path,
                                  .type = type,
                                  .content = std::move(content),
                                  .gzip = twin == found_.end() ? "" : read_whole(twin->second),
                                  .etag = std::move(etag),
                                  .is_hashed = has_hash(path)});
        }
    }

  private:
    void note_unknown(const std::string& path) {
        const bool is_twin =
            path.ends_with(compressed_suffix) &&
            found_.contains(path.substr(0, path.size() - compressed_suffix.size()));
        if (!is_twin) {
            out_.ignored.push_back(path);
        }
    }

    web_bundle& out_;
    std::map<std::string, fs::path> found_;
};

} // namespace

web_bundle load_web_files(const std::string& root) {
    web_bundle bundle;
    collector all(bundle);
    try {
        all.visit(root, "/", true);
    } catch (const fs::filesystem_error& why) {
        throw std::runtime_error("web.root: " + root + ": " + why.code().message());
    }
    all.read();
    if (std::ranges::find(bundle.files, "/index.html", &web_file::path) == bundle.files.end()) {
        throw std::runtime_error("web.root: " + root + " holds no index.html");
    }
    std::ranges::sort(bundle.ignored);
    return bundle;
}

} // namespace sluice::core
