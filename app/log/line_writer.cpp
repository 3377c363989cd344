#include "app/log/line_writer.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <climits>
#include <new>
#include <system_error>
#include <utility>

namespace sluice::app {

namespace {

using namespace std::chrono_literals;

// The longest time for which a reader that has stopped reading delays the exit.
constexpr auto exit_patience = 2s;
constexpr int poll_interval = 100; // ms

// Opens a descriptor of our own for the file behind `stream`. Other processes share the stream, so
// it must not be made non-blocking; a pipe or a terminal can be opened again for this process
// alone.
core::unique_fd open_stream(int stream) {
    struct stat facts {};
    if (::fstat(stream, &facts) == 0 && (S_ISFIFO(facts.st_mode) || S_ISCHR(facts.st_mode))) {
        const auto name = "/proc/self/fd/" + std::to_string(stream);
        core::unique_fd own(::open(name.c_str(), O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
        if (own) {
            return own;
        }
    }
    return core::unique_fd(::fcntl(stream, F_DUPFD_CLOEXEC, 3));
}

// Does not wait for the reader of a named pipe, which may open it later.
core::unique_fd open_path(const std::string& path, int more = O_CREAT) {
    struct stat facts {};
    const bool is_pipe = ::stat(path.c_str(), &facts) == 0 && S_ISFIFO(facts.st_mode);
    const int access = is_pipe ? O_RDWR : O_WRONLY;
    return core::unique_fd(
        ::open(path.c_str(), access | O_APPEND | more | O_NONBLOCK | O_NOCTTY | O_CLOEXEC, 0640));
}

} // namespace

line_writer::line_writer(std::string path, http::counters& count,
                         std::function<void(int)> on_change)
    : path_(std::move(path)), count_(count), on_change_(std::move(on_change)) {
    start();
}

line_writer::line_writer(int stream, http::counters& count, std::function<void(int)> on_change,
                         std::size_t most)
    : stream_(stream), most_(most), count_(count), on_change_(std::move(on_change)) {
    start();
}

void line_writer::start() {
    open();
    thread_ = std::thread([this] { run(); });
}

int line_writer::try_open(const std::string& path) {
    return open_path(path, 0) ? 0 : errno;
}

line_writer::~line_writer() {
    is_stopping_ = true;
    {
        const std::lock_guard lock(mutex_); // the thread is before its wait, or in it
    }
    changed_.notify_one();
    thread_.join();
}

void line_writer::open() {
    auto fd = stream_ >= 0   ? open_stream(stream_)
              : path_ == "-" ? open_stream(STDOUT_FILENO)
                             : open_path(path_);
    struct stat facts {};
    if (!fd || ::fstat(fd.get(), &facts) != 0) {
        throw std::system_error(errno, std::generic_category(),
                                stream_ >= 0 ? "cannot write to standard error"
                                             : "cannot open the log " + path_);
    }
    is_file_ = S_ISREG(facts.st_mode);
    is_socket_ = S_ISSOCK(facts.st_mode);
    is_torn_ = false;
    fd_ = std::move(fd);
}

bool line_writer::write(std::string& lines) noexcept {
    try {
        const std::lock_guard lock(mutex_);
        if (pending_.size() + lines.size() > most_) {
            return false;
        }
        pending_ += lines;
    } catch (const std::bad_alloc&) {
        return false;
    }
    changed_.notify_one();
    return true;
}

void line_writer::reopen() {
    {
        const std::lock_guard lock(mutex_);
        is_reopening_ = true;
    }
    changed_.notify_one();
}

// Keeps the old file when the new one cannot be opened.
void line_writer::open_again() {
    try {
        open();
    } catch (const std::system_error& failure) {
        on_change_(failure.code().value());
    }
}

void line_writer::run() {
    std::string taken;
    std::unique_lock lock(mutex_);
    while (true) {
        changed_.wait(lock, [this] { return is_stopping_ || is_reopening_ || !pending_.empty(); });
        const bool reopens = std::exchange(is_reopening_, false);
        if (pending_.empty() && !reopens) {
            return;
        }
        taken.clear();
        std::swap(taken, pending_);
        lock.unlock();
        try {
            if (reopens) {
                open_again();
            }
            write_out(taken);
        } catch (const std::bad_alloc&) { // for a message or a torn line: this batch is lost
            count_.log_lines_dropped.add(
                static_cast<std::uint64_t>(std::ranges::count(taken, '\n')));
        }
        lock.lock();
    }
}

void line_writer::write_out(std::string_view lines) {
    // The torn line has already been counted as lost; its remainder is not part of `lines`.
    const std::string whole = is_torn_ ? "\n" + std::string(lines) : std::string();
    auto left = is_torn_ ? std::string_view(whole) : lines;
    while (!left.empty()) {
        if (!is_file_ && !wait_writable()) {
            lose(left.substr(left.size() > lines.size() ? 1 : 0), ETIMEDOUT);
            return;
        }
        // The amount that a writable pipe accepts without blocking.
        const auto size = is_file_ ? left.size() : std::min<std::size_t>(left.size(), PIPE_BUF);
        const auto count = write_some(left.substr(0, size));
        if (count >= 0) {
            is_torn_ = count > 0 && left[static_cast<std::size_t>(count) - 1] != '\n';
            left.remove_prefix(static_cast<std::size_t>(count));
        } else if (errno != EINTR && errno != EAGAIN) {
            lose(left.substr(left.size() > lines.size() ? 1 : 0), errno);
            return;
        }
    }
    if (!lines.empty() && std::exchange(is_failing_, false)) {
        on_change_(0);
    }
}

ssize_t line_writer::write_some(std::string_view lines) const noexcept {
    return is_socket_ ? ::send(fd_.get(), lines.data(), lines.size(), MSG_DONTWAIT | MSG_NOSIGNAL)
                      : ::write(fd_.get(), lines.data(), lines.size());
}

// False when the process is ending and the reader does not read.
bool line_writer::wait_writable() {
    using clock = std::chrono::steady_clock;
    auto deadline = clock::time_point::max();
    while (clock::now() < deadline) {
        pollfd one{.fd = fd_.get(), .events = POLLOUT, .revents = 0};
        if (::poll(&one, 1, poll_interval) > 0) {
            return true; // or failing, which the write will report
        }
        if (is_stopping_ && deadline == clock::time_point::max()) {
            deadline = clock::now() + exit_patience;
        }
    }
    return false;
}

void line_writer::lose(std::string_view lines, int error) {
    count_.log_lines_dropped.add(static_cast<std::uint64_t>(std::ranges::count(lines, '\n')));
    if (!std::exchange(is_failing_, true)) {
        on_change_(error);
    }
}

} // namespace sluice::app
