#pragma once
// Notices that one of a few files has changed, by looking: a stat of each once a second costs
// nothing, and unlike inotify it works on network file systems and through the symbolic links by
// which orchestrators swap secrets.

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace sluice::app {

class file_watch {
  public:
    /// What is told of a file; all zero while there is none.
    struct facts {
        std::uint64_t device = 0;
        std::uint64_t inode = 0;
        std::uint64_t size = 0;
        std::int64_t changed_at = 0; // nanoseconds; moves with the content and with the mode
        friend bool operator==(const facts&, const facts&) = default;
    };

    /// Looks at `paths`, those that are not empty, from now on. What they are now is known.
    void follow(std::vector<std::string> paths);

    /// Takes what the files are now as known.
    void look_again();

    /// True when a file has changed since the last time, and has stood still since the last look: a
    /// file that is being written is left alone.
    [[nodiscard]] bool has_changed();

  private:
    [[nodiscard]] std::vector<facts> look() const;

    std::vector<std::string> paths_;
    std::vector<facts> known_;
    std::vector<facts> seen_;
};

} // namespace sluice::app
