#pragma once
// The access log's way to a file: a thread that writes what the workers hand over. A full or slow
// disk costs lines, which are counted, never a request's time.

#include "core/unique_fd.hpp"
#include "http/access_log.hpp"

#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <thread>

namespace sluice::app {

class line_writer final : public http::log_sink {
  public:
    /// Lines held at most while the file is slow.
    static constexpr std::size_t max_pending = 8 * 1024 * 1024; // bytes

    /// Appends to the file at `path`, "-" for standard output. Throws std::system_error when it
    /// cannot be opened. `on_error` is called from the writer's thread when writing begins to fail.
    line_writer(const std::string& path, std::function<void(int error)> on_error);
    /// Writes what is left.
    ~line_writer() override;
    line_writer(const line_writer&) = delete;
    line_writer& operator=(const line_writer&) = delete;

    bool write(std::string& lines) override;

  private:
    void run();
    void write_out(const std::string& lines);

    core::unique_fd fd_;
    std::function<void(int)> on_error_;
    std::mutex mutex_;
    std::condition_variable changed_;
    std::string pending_;
    bool is_stopping_ = false;
    bool is_failing_ = false; // the writer's thread only
    std::thread thread_;
};

} // namespace sluice::app
