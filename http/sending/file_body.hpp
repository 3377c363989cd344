#pragma once
// A body of the bytes of one open file, sent by sendfile when the transport supports it. Detects a
// file that is modified during a transfer; the transfer is then cut, so that the client receives
// one version or an incomplete file. Does not open files: core does. For one thread. Used by
// http/sending/response.hpp.

#include "core/media/media_store.hpp"
#include "http/sending/body.hpp"

#include <cstdint>
#include <string_view>
#include <utility>

namespace sluice::http {

class file_body {
  public:
    /// A body without a file.
    file_body() noexcept = default;
    explicit file_body(core::media_handle media) noexcept : media_(std::move(media)) {}

    /// Sends as many of the `length` bytes from `first` on as the transport accepts. REQUIRES: a
    /// file.
    template <class Transport>
    body_step send_some(Transport& transport, std::uint64_t first, std::uint64_t length) {
        error_code ec;
        const auto count = transport.send_file(media_->fd.get(), first, length, ec);
        has_sent_ = has_sent_ || count > 0;
        return step_of(count, ec, fault_of);
    }

    /// True when bytes of the file have been handed to a transport.
    [[nodiscard]] bool has_sent() const noexcept { return has_sent_; }
    /// The change of the file since it was opened (core::change_of).
    [[nodiscard]] std::string_view change() const noexcept { return core::change_of(*media_); }

    /// The log's name for an error of send_some(): "file_ended" or the name of an errno; empty when
    /// the error is known to come from the connection. sendfile reads and sends in one call.
    [[nodiscard]] static std::string_view fault_of(error_code ec) noexcept;

  private:
    core::media_handle media_;
    bool has_sent_ = false;
};

} // namespace sluice::http
