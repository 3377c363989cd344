#pragma once
// The only loop that sends the bytes of a response. It works on any transport
// (http/loop/transport.hpp) and never blocks: the result says whether to continue, to wait or to
// end the connection. It does not wait and has no deadline: http/connection/session.hpp has both.
// Used by http/connection/worker.hpp and http/connection/session.hpp.

#include "http/sending/response.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace sluice::http {

/// Maximum number of file bytes one connection sends before other connections of its thread get
/// their turn.
inline constexpr std::uint64_t bytes_per_turn = std::uint64_t{512} * 1024;

class response_writer {
  public:
    enum class status {
        done,
        blocked, // the peer must receive first
        yielded, // the turn has ended
        pending, // the next bytes must be read first: file_body::fetch()
        failed,  // the connection or the file failed: the response is cut, never padded
    };

    using time_point = file_body::time_point;

    void start() noexcept { *this = {}; }

    /// The caller shuts the transport down at once after a response that does not keep the
    /// connection alive. Sends as much as the transport accepts, until `most` bytes of the file
    /// have been sent. Checks whether the file has changed before it continues with a file, and
    /// once after its last bytes. A change is noticed before the last bytes are sent, unless it
    /// happens while they are sent.
    template <class Transport>
    status advance(response& what, Transport& transport, time_point now,
                   std::uint64_t most = bytes_per_turn) {
        if (has_changed(what)) {
            return status::failed;
        }
        std::uint64_t turn = 0;
        const auto segments = what.segments();
        while (index_ < segments.size()) {
            const auto& part = segments[index_];
            const auto step = send(what, part, most - turn, transport, now);
            if (step.now != body_step::status::sent) {
                return status_of(step);
            }
            count(step.count, part);
            turn += part.is_file ? step.count : 0;
            if (turn >= most && index_ < segments.size()) {
                return status::yielded;
            }
        }
        if (turn > 0 && has_changed(what)) {
            return status::failed;
        }
        return transport.has_unsent() ? status::blocked : status::done;
    }

    /// Call it before the first advance(). Tests whether the first bytes of the file, if there is
    /// one, can be sent without waiting: yielded if they can, otherwise pending or failed. Nothing
    /// has been sent yet, so another response can still replace this one.
    status prime(response& what, time_point now) {
        const auto segments = what.segments();
        if (bytes_sent_ > 0 || segments.size() < 2 || !first_file_part(segments)) {
            return status::yielded;
        }
        const auto& part = *first_file_part(segments);
        return status_of(what.file().prepare(
            {part.first, std::min(part.length, bytes_per_turn), part.length}, now));
    }

    /// True when part of `what` has not been handed to the transport yet.
    [[nodiscard]] bool has_more(const response& what) const noexcept {
        return index_ < what.segments().size();
    }
    /// Bytes handed to the transport, header included.
    [[nodiscard]] std::uint64_t bytes_sent() const noexcept { return bytes_sent_; }
    /// After status::failed: the fault of the file, for the log ("file_ended", "file_changed", or
    /// the name of an errno); empty when the connection was lost.
    [[nodiscard]] std::string_view file_fault() const noexcept { return file_fault_; }

  private:
    bool has_changed(response& what) noexcept {
        if (what.file().has_sent()) {
            file_fault_ = what.file().change();
        }
        return !file_fault_.empty();
    }

    static const response::segment*
    first_file_part(std::span<const response::segment> segments) noexcept {
        const auto found = std::ranges::find_if(segments, &response::segment::is_file);
        return found == segments.end() ? nullptr : &*found;
    }

    status status_of(const body_step& step) noexcept {
        switch (step.now) {
        case body_step::status::blocked:
            return status::blocked;
        case body_step::status::pending:
            return status::pending;
        case body_step::status::failed:
            file_fault_ = step.fault;
            return status::failed;
        default:
            return status::yielded;
        }
    }

    template <class Transport>
    body_step send(response& what, const response::segment& part, std::uint64_t budget,
                   Transport& transport, time_point now) const {
        if (!part.is_file) {
            const text_body text(what.text().substr(part.first, part.length));
            return text.send_some(transport, offset_, after_text(what));
        }
        const auto rest = part.length - offset_;
        return what.file().send_some(transport,
                                     {part.first + offset_, std::min(rest, budget), rest}, now);
    }

    follow_up after_text(const response& what) const noexcept {
        if (index_ + 1 < what.segments().size()) {
            return follow_up::write;
        }
        return what.keeps_alive() ? follow_up::none : follow_up::shutdown_send;
    }

    void count(std::uint64_t sent, const response::segment& part) noexcept {
        bytes_sent_ += sent;
        offset_ += sent;
        if (offset_ == part.length) {
            ++index_;
            offset_ = 0;
        }
    }

    std::size_t index_ = 0;    // of the present segment
    std::uint64_t offset_ = 0; // within it
    std::uint64_t bytes_sent_ = 0;
    std::string_view file_fault_;
};

} // namespace sluice::http
