#include "app/process/file_watch.hpp"

#include <sys/stat.h>

#include <algorithm>

namespace sluice::app {

void file_watch::follow(std::vector<std::string> paths) {
    std::erase(paths, std::string{});
    if (paths != paths_) {
        paths_ = std::move(paths);
        look_again();
    }
}

void file_watch::look_again() {
    known_ = seen_ = look();
}

bool file_watch::has_changed() {
    auto now = look();
    const bool stands_still = now == seen_;
    seen_ = std::move(now);
    if (!stands_still || seen_ == known_) {
        return false;
    }
    known_ = seen_;
    return true;
}

std::vector<file_watch::facts> file_watch::look() const {
    std::vector<facts> all;
    for (const auto& path : paths_) {
        struct stat found {};
        auto& one = all.emplace_back();
        if (::stat(path.c_str(), &found) == 0) {
            one = {.device = found.st_dev,
                   .inode = found.st_ino,
                   .size = static_cast<std::uint64_t>(found.st_size),
                   .changed_at = found.st_ctim.tv_sec * 1'000'000'000 + found.st_ctim.tv_nsec};
        }
    }
    return all;
}

} // namespace sluice::app
