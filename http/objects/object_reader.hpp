#pragma once
// Reads the bytes of one version of an object for one response: one GET with one range and
// If-Match, read only as fast as the client takes it. A connection that breaks is taken up again at
// the next byte, with growing pauses, until the response gives up; so is one that was given up
// because the client paused. Another version is never mixed in: If-Match, ETag and Content-Range
// are checked each time. Made by http/objects/object_file.

#include "http/objects/object_file.hpp"

#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

namespace sluice::http {

class object_reader final : public remote_reader, public object_watched {
  public:
    object_reader(std::shared_ptr<object_source> from, object_desk& desk);
    ~object_reader() override;

    [[nodiscard]] std::string_view view(std::uint64_t first) const noexcept override;
    [[nodiscard]] remote_place place() const noexcept override {
        return {from_->origin->with().name, from_->path};
    }
    [[nodiscard]] std::string_view fault() const noexcept override { return fault_; }
    void fetch(storage_waiter& waiter, std::uint64_t first, std::uint64_t rest) override;
    void forget() noexcept override;

    void release(std::chrono::steady_clock::time_point before) override;
    [[nodiscard]] std::chrono::milliseconds patience() const noexcept override {
        return from_->origin->with().release_after;
    }

  private:
    void ask();
    void on_head(const call_result<void>& got);
    [[nodiscard]] bool is_as_asked() const;
    void read();
    void on_bytes(const call_result<std::size_t>& got);
    void read_refusal();
    void on_refusal(object_outcome why);
    void repeat();
    void fail(std::string_view why);
    void wake();
    void provide_buffer();
    void drop_buffer() noexcept;

    std::shared_ptr<object_source> from_;
    object_desk& desk_;
    net::steady_timer pause_;
    std::unique_ptr<char[]> buffer_;
    std::size_t room_ = 0;    // bytes of the buffer
    std::uint64_t at_ = 0;    // of the first byte in the buffer
    std::size_t count_ = 0;   // bytes in it
    std::uint64_t next_ = 0;  // the byte to read next
    std::uint64_t end_ = 0;   // behind the last byte that is wanted
    std::uint64_t until_ = 0; // behind the last byte that the call brings
    unsigned tries_ = 0;      // since the last byte
    bool has_begun_ = false;  // a byte has come
    std::string_view fault_;
    storage_waiter* waiter_ = nullptr;
    std::chrono::steady_clock::time_point ready_since_{}; // the client has had bytes to take
    std::shared_ptr<const bool> life_ = std::make_shared<const bool>(true); // for pause_
    std::unique_ptr<call> call_; // last: it uses the others. Null: none
};

} // namespace sluice::http
