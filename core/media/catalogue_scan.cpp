#include "core/media/catalogue_scan.hpp"

#include <utility>

namespace sluice::core {

namespace {

// The coarsest time stamps in use are FAT's two seconds. Two changes within one tick leave the same
// stamp, so a stamp is trusted only if it is a whole tick older than the reading.
constexpr std::chrono::seconds coarsest_tick{2};

} // namespace

struct catalogue_scan::place {
    int parent_fd;
    std::string name; // below parent_fd
    std::string path; // below the root
    std::size_t depth;
    std::string_view trainer_id; // empty until the walk has passed its segment
    std::string_view course_id;

    [[nodiscard]] place child(int fd, const std::string& child_name,
                              const layout_segment& segment) const {
        place below{fd,        child_name, path.empty() ? child_name : path + '/' + child_name,
                    depth + 1, trainer_id, course_id};
        if (segment.what == placeholder::trainer_id) {
            below.trainer_id = segment.match(child_name).value_or("");
        } else if (segment.what == placeholder::course_id) {
            below.course_id = segment.match(child_name).value_or("");
        }
        return below;
    }
};

struct catalogue_scan::pass {
    time_point now;
    const sink& found;
    memories before;
    memories after{};
    std::size_t names = 0;
    totals counted{};
};

catalogue_scan::catalogue_scan(std::vector<layout_segment> course_directory, std::size_t max_names)
    : segments_(std::move(course_directory)), max_names_(max_names) {}

catalogue_scan::totals catalogue_scan::update(int root_fd, time_point now, const sink& found) {
    pass run{.now = now, .found = found, .before = std::exchange(memories_, {})};
    if (!segments_.empty()) {
        visit(run, place{root_fd, ".", "", 0, {}, {}});
    }
    memories_ = std::move(run.after);
    return run.counted;
}

void catalogue_scan::visit(pass& run, const place& at) const {
    const opened_directory opened = open_directory(at.parent_fd, at.name.c_str());
    if (opened.state == directory_state::gone) {
        return;
    }
    memory& known = run.after[at.path];
    if (const auto old = run.before.find(at.path); old != run.before.end()) {
        known = std::move(old->second);
    }
    recall_or_read(run, at, opened, known);
    run.names += known.children.size();
    const layout_segment& segment = segments_[at.depth];
    for (const auto& name : known.children) {
        const place below = at.child(opened.fd.get(), name, segment);
        if (below.depth == segments_.size()) {
            run.found(below.trainer_id, below.course_id);
        } else {
            // Below an unreadable directory the descriptor is -1: everything there is unreadable
            // too, and its previous entries are kept.
            visit(run, below);
        }
    }
}

void catalogue_scan::recall_or_read(pass& run, const place& at, const opened_directory& opened,
                                    memory& known) const {
    const layout_segment& segment = segments_[at.depth];
    if (segment.what == placeholder::none) {
        known.children = {segment.prefix};
        return;
    }
    const bool unchanged = opened.state == directory_state::open && known.stamp == opened.stamp;
    if (unchanged && known.is_settled) {
        return;
    }
    if (opened.state != directory_state::open || !read_children(run, at, opened.fd.get(), known)) {
        ++run.counted.directories_unreadable;
        known.stamp = {};
        known.is_settled = false;
        return;
    }
    if (!unchanged) {
        known.stamp = opened.stamp;
        known.unchanged_since.reset();
        known.is_settled = false;
        return;
    }
    // An earlier, possibly long walk took the stamp, so time is counted from this walk.
    const time_point since = known.unchanged_since.value_or(run.now);
    known.unchanged_since = since;
    known.is_settled = !run.counted.truncated && run.now - since >= coarsest_tick;
}

bool catalogue_scan::read_children(pass& run, const place& at, int fd, memory& known) const {
    const layout_segment& segment = segments_[at.depth];
    std::vector<std::string> names;
    bool has_room = true;
    const bool complete = list_directories(fd, [&](std::string_view name) {
        if (segment.match(name)) {
            has_room = run.names + names.size() < max_names_;
            if (has_room) {
                names.emplace_back(name);
            }
        }
        return has_room;
    });
    if (complete) {
        ++run.counted.directories_read;
        run.counted.truncated = run.counted.truncated || !has_room;
        known.children = std::move(names);
    }
    return complete;
}

std::vector<std::string> catalogue_scan::directories() const {
    std::vector<std::string> paths;
    paths.reserve(memories_.size());
    for (const auto& [path, known] : memories_) {
        paths.push_back(path);
    }
    return paths;
}

} // namespace sluice::core
