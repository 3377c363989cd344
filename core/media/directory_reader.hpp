#pragma once
// Opens and lists directories without following symbolic links. It knows nothing of media or
// courses. Used by core/media/catalogue_scan only.

#include "core/base/unique_fd.hpp"

#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <string_view>

namespace sluice::core {

/// Changes whenever a name in the directory is added or removed, within the resolution of the file
/// system's clock. It includes the change time because copying tools set the modification time
/// back.
struct directory_stamp {
    dev_t device{};
    ino_t inode{};
    std::int64_t modified_seconds = 0;
    std::int64_t modified_nanoseconds = 0;
    std::int64_t changed_seconds = 0;
    std::int64_t changed_nanoseconds = 0;

    friend bool operator==(const directory_stamp&, const directory_stamp&) = default;
};

enum class directory_state : std::uint8_t {
    open,
    gone,       // no such name, or not a directory, or a symbolic link to one
    unreadable, // any other failure: permissions, descriptors, disk, mount
};

struct opened_directory {
    directory_state state = directory_state::gone;
    unique_fd fd; // O_PATH: a base for further look-ups
    directory_stamp stamp;
};

/// Opens the directory `name`, one component, below `parent_fd`.
[[nodiscard]] opened_directory open_directory(int parent_fd, const char* name) noexcept;

/// Calls `visit` with the name of each directory in `fd` except "." and "..", in the order of the
/// disk, until it returns false. Returns false when reading the directory failed: some names may
/// then be missing.
[[nodiscard]] bool list_directories(int fd, const std::function<bool(std::string_view)>& visit);

} // namespace sluice::core
