#pragma once
// The bytes of one open file as a response sends them: by sendfile where the transport has it. A
// file that is written to under a transfer is noticed, and the transfer cut: what arrives is one
// version or is not whole. One thread.

#include "core/media/media_store.hpp"
#include "http/sending/body.hpp"

#include <cstdint>
#include <string_view>
#include <utility>

namespace sluice::http {

class file_body {
  public:
    /// Of no file.
    file_body() noexcept = default;
    explicit file_body(core::media_handle media) noexcept : media_(std::move(media)) {}

    /// Sends what the transport takes of `length` bytes from `first` on. REQUIRES: a file.
    template <class Transport>
    body_step send_some(Transport& transport, std::uint64_t first, std::uint64_t length) {
        error_code ec;
        const auto count = transport.send_file(media_->fd.get(), first, length, ec);
        has_sent_ = has_sent_ || count > 0;
        return step_of(count, ec, fault_of);
    }

    /// Bytes of it have been handed to a transport.
    [[nodiscard]] bool has_sent() const noexcept { return has_sent_; }
    /// What has become of the file since it was opened (core::change_of).
    [[nodiscard]] std::string_view change() const noexcept { return core::change_of(*media_); }

    /// The name that the log has for an error of send_some(): "file_ended", or that of an errno;
    /// empty when it is known to come from the connection. sendfile reads and sends in one call.
    [[nodiscard]] static std::string_view fault_of(error_code ec) noexcept;

  private:
    core::media_handle media_;
    bool has_sent_ = false;
};

} // namespace sluice::http
