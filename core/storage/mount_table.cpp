#include "core/storage/mount_table.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>

namespace sluice::core {

namespace {

std::string_view take_until(char end, std::string_view& text) noexcept {
    const auto at = std::min(text.find(end), text.size());
    const auto taken = text.substr(0, at);
    text.remove_prefix(std::min(at + 1, text.size()));
    return taken;
}

bool is_octal(char digit) noexcept {
    return digit >= '0' && digit <= '7';
}

// The kernel writes space, tab, line feed and backslash as \ooo.
std::string unescaped(std::string_view text) {
    std::string plain;
    while (!text.empty()) {
        if (text[0] == '\\' && text.size() >= 4 && is_octal(text[1]) && is_octal(text[2]) &&
            is_octal(text[3])) {
            plain += static_cast<char>((text[1] - '0') * 64 + (text[2] - '0') * 8 + text[3] - '0');
            text.remove_prefix(4);
        } else {
            plain += text[0];
            text.remove_prefix(1);
        }
    }
    return plain;
}

// An example of a line: "36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 - ext3 /dev/root rw"
std::optional<mount> parse_line(std::string_view line) {
    take_until(' ', line);
    take_until(' ', line);
    const auto device = take_until(' ', line);
    take_until(' ', line);
    const auto point = take_until(' ', line);
    const auto dash = line.find(" - ");
    if (!point.starts_with('/') || dash == std::string_view::npos) {
        return std::nullopt;
    }
    line.remove_prefix(dash + 3);
    return mount{std::string(device), unescaped(point), unescaped(take_until(' ', line))};
}

bool is_below(std::string_view path, std::string_view point) noexcept {
    return point == "/" ||
           (path.starts_with(point) && (path.size() == point.size() || path[point.size()] == '/'));
}

} // namespace

bool is_local(const mount& which) noexcept {
    constexpr std::array<std::string_view, 20> names{
        "ext2",    "ext3",    "ext4", "xfs",   "btrfs", "f2fs",     "tmpfs",
        "ramfs",   "overlay", "zfs",  "jfs",   "erofs", "bcachefs", "squashfs",
        "iso9660", "udf",     "vfat", "exfat", "ntfs3", "hfsplus"};
    return std::ranges::find(names, which.type) != names.end();
}

bool is_memory(const mount& which) noexcept {
    return which.type == "tmpfs" || which.type == "ramfs";
}

mount_table::mount_table(std::string_view mountinfo) {
    while (!mountinfo.empty()) {
        if (auto one = parse_line(take_until('\n', mountinfo))) {
            mounts_.push_back(std::move(*one));
        }
    }
}

const mount* mount_table::find(std::string_view path) const noexcept {
    const mount* best = nullptr;
    for (const auto& one : mounts_) {
        if (is_below(path, one.point) &&
            (best == nullptr || one.point.size() >= best->point.size())) {
            best = &one;
        }
    }
    return best;
}

} // namespace sluice::core
