#pragma once
// The only loop that sends response bytes. Works on any transport (http/loop/transport.hpp) and
// never blocks: it says whether to go on, to wait, or to give up.

#include "http/sending/response.hpp"

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace sluice::http {

/// Most file bytes one connection sends before others on its thread have a turn.
inline constexpr std::uint64_t bytes_per_turn = std::uint64_t{512} * 1024;

class response_writer {
  public:
    enum class status {
        done,
        blocked, // the peer must read first
        yielded, // its turn is over
        failed,  // the connection is lost, or the file is: never padded, always cut
    };

    void start() noexcept { *this = {}; }

    /// Sends what the transport takes, until `most` bytes of the file have gone.
    template <class Transport>
    status advance(const response& what, Transport& transport,
                   std::uint64_t most = bytes_per_turn) {
        std::uint64_t turn = 0;
        const auto segments = what.segments();
        while (index_ < segments.size()) {
            const auto& now = segments[index_];
            const bool is_last = index_ + 1 == segments.size();
            error_code ec;
            const auto sent = now.is_file ? send_file(what.file(), now, most - turn, transport, ec)
                                          : transport.write_some(text_of(what, now), !is_last, ec);
            if (ec == net::error::would_block) {
                return status::blocked;
            }
            if (ec || sent == 0) {
                file_fault_ = now.is_file ? fault_of_file(ec) : std::string_view{};
                return status::failed;
            }
            count(sent, now);
            turn += now.is_file ? sent : 0;
            if (turn >= most && index_ < segments.size()) {
                return status::yielded;
            }
        }
        return transport.has_unsent() ? status::blocked : status::done;
    }

    /// Something of `what` has not been handed to the transport yet.
    [[nodiscard]] bool has_more(const response& what) const noexcept {
        return index_ < what.segments().size();
    }
    /// Bytes handed to the transport, header included.
    [[nodiscard]] std::uint64_t bytes_sent() const noexcept { return bytes_sent_; }
    /// After failed: what was wrong with the file, for the log ("file_ended", or the name of an
    /// errno); empty when the connection was lost.
    [[nodiscard]] std::string_view file_fault() const noexcept { return file_fault_; }

  private:
    // sendfile reads and sends in one call: what is not known to come from the connection comes
    // from the disk.
    static std::string_view fault_of_file(error_code ec) noexcept {
        switch (ec.value()) {
        case 0:
            return "file_ended";
        case EPIPE:
        case ECONNRESET:
        case ECONNABORTED:
        case ENOTCONN:
        case ETIMEDOUT:
        case EHOSTUNREACH:
        case ENETUNREACH:
        case ENETDOWN:
            return {};
        default:
            break;
        }
        const char* const name = ::strerrorname_np(ec.value());
        return ec.category() != boost::system::system_category() || name == nullptr ? "" : name;
    }

    static std::string_view text_of(const response& what, const response::segment& part,
                                    std::uint64_t offset) noexcept {
        return what.text().substr(part.first + offset, part.length - offset);
    }
    [[nodiscard]] std::string_view text_of(const response& what,
                                           const response::segment& part) const noexcept {
        return text_of(what, part, offset_);
    }

    template <class Transport>
    std::size_t send_file(int file, const response::segment& part, std::uint64_t budget,
                          Transport& transport, error_code& ec) const {
        const auto length = std::min(part.length - offset_, budget);
        return transport.send_file(file, part.first + offset_, length, ec);
    }

    void count(std::uint64_t sent, const response::segment& part) noexcept {
        bytes_sent_ += sent;
        offset_ += sent;
        if (offset_ == part.length) {
            ++index_;
            offset_ = 0;
        }
    }

    std::size_t index_ = 0;    // of the segment under way
    std::uint64_t offset_ = 0; // within it
    std::uint64_t bytes_sent_ = 0;
    std::string_view file_fault_;
};

} // namespace sluice::http
