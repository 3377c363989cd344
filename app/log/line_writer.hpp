#pragma once
// Writes the lines of a log to its file on a thread of its own. When a disk is full or slow, or a
// pipe has no reader, lines are lost and counted. Callers never wait, the start is not delayed, and
// the exit by two seconds at most. Used by the service log, and by application for the access log
// and the audit log.

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
    /// Most bytes queued while the file is slow; as many again may be in the write under way.
    static constexpr std::size_t max_pending = 8 * 1024 * 1024; // bytes

    /// Appends to the file at `path`, "-" for standard output. Throws std::system_error when it
    /// cannot be opened. `on_change` is called from the writer's thread with an errno when writing
    /// begins to fail, and with 0 when it works again. Only that thread writes `count`.
    line_writer(std::string path, http::counters& count, std::function<void(int error)> on_change);
    /// Appends to the file behind the open descriptor `stream`; queues at most `most` bytes.
    line_writer(int stream, http::counters& count, std::function<void(int error)> on_change,
                std::size_t most = max_pending);
    /// Writes the remaining lines, but waits no longer than a supervisor can be expected to.
    /// 0 when the existing file at `path` can be opened as a log; otherwise the error. Writes
    /// nothing.
    [[nodiscard]] static int try_open(const std::string& path);

    ~line_writer() override;
    line_writer(const line_writer&) = delete;
    line_writer& operator=(const line_writer&) = delete;

    bool write(std::string& lines) noexcept override;

    /// Soon reopens the path and writes there from then on, for when the file has been moved away.
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
    int stream_ = -1; // used when there is no path
    std::size_t most_ = max_pending;
    http::counters& count_;
    std::function<void(int)> on_change_;
    std::mutex mutex_;
    std::condition_variable changed_;
    std::string pending_;       // guarded by the mutex
    bool is_reopening_ = false; // guarded by the mutex
    std::atomic<bool> is_stopping_{false};
    // The writer's thread only:
    core::unique_fd fd_;
    bool is_file_ = false;   // false for a pipe, a socket or a terminal
    bool is_socket_ = false; // true under journald
    bool is_failing_ = false;
    bool is_torn_ = false; // the last line written is incomplete
    std::thread thread_;
};

} // namespace sluice::app
