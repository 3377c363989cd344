#include "app/line_writer.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <utility>

namespace sluice::app {

namespace {

core::unique_fd open_log(const std::string& path) {
    const int fd = path == "-"
                       ? ::fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3)
                       : ::open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0640);
    if (fd < 0) {
        throw std::system_error(errno, std::generic_category(),
                                "cannot open the access log " + path);
    }
    return core::unique_fd(fd);
}

} // namespace

line_writer::line_writer(const std::string& path, std::function<void(int)> on_error)
    : fd_(open_log(path)), on_error_(std::move(on_error)), thread_([this] { run(); }) {}

line_writer::~line_writer() {
    {
        const std::lock_guard lock(mutex_);
        is_stopping_ = true;
    }
    changed_.notify_one();
    thread_.join();
}

bool line_writer::write(std::string& lines) {
    {
        const std::lock_guard lock(mutex_);
        if (pending_.size() + lines.size() > max_pending) {
            return false;
        }
        pending_ += lines;
    }
    changed_.notify_one();
    return true;
}

void line_writer::run() {
    std::string taken;
    std::unique_lock lock(mutex_);
    while (true) {
        changed_.wait(lock, [this] { return is_stopping_ || !pending_.empty(); });
        if (pending_.empty()) {
            return;
        }
        taken.clear();
        std::swap(taken, pending_);
        lock.unlock();
        write_out(taken);
        lock.lock();
    }
}

void line_writer::write_out(const std::string& lines) {
    std::size_t written = 0;
    while (written < lines.size()) {
        const auto count = ::write(fd_.get(), lines.data() + written, lines.size() - written);
        if (count < 0 && errno == EINTR) {
            continue;
        }
        if (count < 0) {
            if (!std::exchange(is_failing_, true)) {
                on_error_(errno);
            }
            return; // these lines are lost; the next ones may find room
        }
        written += static_cast<std::size_t>(count);
    }
    is_failing_ = false;
}

} // namespace sluice::app
