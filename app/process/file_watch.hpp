#pragma once
// Notices changes of a few files by polling: one stat of each per second costs nothing, and unlike
// inotify it works on network file systems and through the symbolic links with which orchestrators
// swap secrets. Used by app/start/serve.

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace sluice::app {

class file_watch {
  public:
    /// The attributes of a file that are compared; all zero when it does not exist.
    struct facts {
        std::uint64_t device = 0;
        std::uint64_t inode = 0;
        std::uint64_t size = 0;
        std::int64_t changed_at = 0; // nanoseconds; moves with the content and with the mode
        friend bool operator==(const facts&, const facts&) = default;
    };

    /// Watches `paths` from now on, except empty ones. Their current state is the reference.
    void follow(std::vector<std::string> paths);

    /// Makes the current state of the files the new reference.
    void look_again();

    /// True when a file differs from the reference and has not changed since the last look: a file
    /// that is still being written is not reported.
    [[nodiscard]] bool has_changed();

  private:
    [[nodiscard]] std::vector<facts> look() const;

    std::vector<std::string> paths_;
    std::vector<facts> known_;
    std::vector<facts> seen_;
};

} // namespace sluice::app
