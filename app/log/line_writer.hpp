#pragma once
// A log's way to its file: a thread that writes what others hand over (access log, audit log,
// service log). A full or slow disk and a pipe that nobody reads cost lines, which are counted,
// never the time of whoever writes them; nor do they hold up the start or the exit.

#include "core/base/unique_fd.hpp"
#include "http/exchange/access_log.hpp"

#include <sys/types.h>

#include <atomic>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>

namespace sluice::app {

class line_writer final : public http::log_sink {
  public:
    /// Lines held at most while the file is slow; as many again may be on their way to it.
    static constexpr std::size_t max_pending = 8 * 1024 * 1024; // bytes

    /// Appends to the file at `path`, "-" for standard output. Throws std::system_error when it
    /// cannot be opened. `on_change` is called from the writer's thread with an errno when writing
    /// begins to fail, and with 0 when it works again. `count` is written by that thread alone.
    line_writer(std::string path, http::counters& count, std::function<void(int error)> on_change);
    /// Appends to what the open descriptor `stream` stands for, with room for `most` bytes.
    line_writer(int stream, http::counters& count, std::function<void(int error)> on_change,
                std::size_t most = max_pending);
    /// Writes what is left, for as long as a supervisor may be expected to wait.
    ~line_writer() override;
    line_writer(const line_writer&) = delete;
    line_writer& operator=(const line_writer&) = delete;

    bool write(std::string& lines) noexcept override;

    /// Opens the path again, soon, and writes there from then on: somebody has moved the file away.
    /// Thread safe.
    void reopen();

  private:
    void start();
    void open();
    void open_again();
    void run();
    void write_out(std::string_view lines);
    [[nodiscard]] ssize_t write_some(std::string_view lines) const noexcept;
    [[nodiscard]] bool wait_writable();
    void lose(std::string_view lines, int error);

    std::string path_;
    int stream_ = -1; // instead of a path
    std::size_t most_ = max_pending;
    http::counters& count_;
    std::function<void(int)> on_change_;
    std::mutex mutex_;
    std::condition_variable changed_;
    std::string pending_;       // under the mutex
    bool is_reopening_ = false; // likewise
    std::atomic<bool> is_stopping_{false};
    // The writer's thread only:
    core::unique_fd fd_;
    bool is_file_ = false;   // not a pipe, a socket or a terminal
    bool is_socket_ = false; // as journald gives a service
    bool is_failing_ = false;
    bool is_torn_ = false; // the last line that was written lacks its end
    std::thread thread_;
};

} // namespace sluice::app
