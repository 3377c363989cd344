#pragma once
// The bytes received on a connection and not consumed yet. Grows from a page to a maximum, then
// reports that it is full. Reads no socket: the session does. Used by http/connection/worker.hpp,
// as part of each request.

#include <algorithm>
#include <cstddef>
#include <span>
#include <vector>

namespace sluice::http {

class read_buffer {
  public:
    read_buffer() = default;
    explicit read_buffer(std::size_t limit) { set_limit(limit); }

    /// Sets the maximum to one byte more than `limit`, so that the code that checks the limit sees
    /// it exceeded.
    void set_limit(std::size_t limit) noexcept { limit_ = limit + 1; }

    [[nodiscard]] std::span<const char> data() const noexcept { return {bytes_.data(), size_}; }
    [[nodiscard]] bool empty() const noexcept { return size_ == 0; }

    /// Room for more bytes; empty when the buffer is full.
    [[nodiscard]] std::span<char> prepare() {
        if (size_ == bytes_.size() && size_ < limit_) {
            bytes_.resize(std::min(limit_, std::max(first_size, bytes_.size() * 2)));
        }
        return std::span(bytes_).subspan(size_);
    }
    void commit(std::size_t count) noexcept { size_ += count; }

    /// Removes the first `count` bytes.
    void consume(std::size_t count) noexcept {
        std::copy(bytes_.begin() + static_cast<std::ptrdiff_t>(count),
                  bytes_.begin() + static_cast<std::ptrdiff_t>(size_), bytes_.begin());
        size_ -= count;
    }
    void clear() noexcept { size_ = 0; }

  private:
    static constexpr std::size_t first_size = 4096;
    std::vector<char> bytes_;
    std::size_t size_ = 0;
    std::size_t limit_ = 0;
};

} // namespace sluice::http
