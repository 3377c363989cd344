#pragma once
// The response body of one file: an open one, or one that another server holds
// (http/storage/remote_file). Bytes in the page cache are sent by sendfile, if the transport
// supports it. Other bytes are read by a thread of the file's device into a window and
// sent from there, so that the worker's thread does not wait for a disk. The body detects a file
// that is modified during a transfer. The transfer is then cut, so that the client receives one
// version or an incomplete file. It does not open files: core/media/media_store.hpp does. For one
// thread. Used by http/sending/response.hpp.

#include "core/media/media_store.hpp"
#include "http/sending/body.hpp"
#include "http/storage/cold_read.hpp"
#include "http/storage/remote_file.hpp"
#include "http/storage/residence.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <string_view>
#include <utility>

namespace sluice::http {

class file_body {
  public:
    using time_point = residence::time_point;

    /// The next bytes of the file.
    struct part {
        std::uint64_t first = 0;
        std::uint64_t length = 0; // the maximum to send now
        std::uint64_t rest = 0;   // left to send in all: at least length
    };

    /// A body without a file.
    file_body() noexcept = default;
    /// `where` is null if no call for the file waits (tmpfs, or no devices configured): all bytes
    /// then count as warm.
    file_body(core::media_handle media, std::shared_ptr<residence> where) noexcept
        : media_(std::move(media)), where_(std::move(where)) {}
    /// `media` has no descriptor; `from` reads its bytes.
    file_body(core::media_handle media, std::unique_ptr<remote_reader> from) noexcept
        : media_(std::move(media)), remote_(std::move(from)) {}
    file_body(file_body&& other) noexcept = default;
    file_body& operator=(file_body&& other) noexcept {
        forget();
        media_ = std::move(other.media_);
        where_ = std::move(other.where_);
        read_ = std::move(other.read_);
        remote_ = std::move(other.remote_);
        wanted_ = other.wanted_;
        has_sent_ = other.has_sent_;
        is_bounded_ = other.is_bounded_;
        return *this;
    }
    file_body(const file_body&) = delete;
    file_body& operator=(const file_body&) = delete;
    ~file_body() { forget(); }

    /// Becomes a body without a file. Cheap for one that is, as that of every small response.
    void close() noexcept {
        if (media_ != nullptr) {
            *this = file_body();
        }
    }

    /// Tests whether the first bytes of `next` can be sent without waiting. Returns `sent` with
    /// count 0 if they can; otherwise pending or failed.
    [[nodiscard]] body_step prepare(part next, time_point now);

    /// Sends as many bytes of `next` as the transport accepts. Pending: call fetch() first.
    /// REQUIRES: a file.
    template <class Transport>
    body_step send_some(Transport& transport, part next, time_point now) {
        if (remote_ != nullptr) {
            return send_remote(transport, next);
        }
        const auto ready = prepare(next, now);
        if (ready.now != body_step::status::sent) {
            return ready;
        }
        error_code ec;
        std::size_t count = 0;
        if (read_ != nullptr) {
            const auto bytes = read_bytes(next);
            const bool is_last = bytes.size() == next.rest;
            count = transport.write_some(bytes, is_last ? follow_up::none : follow_up::write, ec);
            let_go(next.first + count, ec == net::error::would_block);
        } else {
            count = transport.send_file(media_->fd.get(), next.first, next.length, ec);
        }
        has_sent_ = has_sent_ || count > 0;
        return step_of(count, ec, fault_of);
    }

    /// REQUIRES: the last step was pending. Queues a read of the bytes that it needs. When the read
    /// has ended, `waiter` is called through `to`. `key` stands for the user: users take turns.
    /// Throws std::bad_alloc when no thread can be started.
    void fetch(storage_waiter& waiter, const std::shared_ptr<mailbox>& to, std::uint64_t key);
    /// Abandons the read, if there is one: the waiter is not called any more.
    void forget() noexcept;
    /// True when the device of the file does not respond.
    [[nodiscard]] bool is_away() const noexcept {
        return where_ != nullptr && where_->device()->is_away();
    }

    /// True when the file is a remote one, and its server has another version or none.
    [[nodiscard]] bool is_outdated() const noexcept {
        return remote_ != nullptr && !remote_->fault().empty();
    }

    /// Where the file is, if it is a remote one; otherwise of empty texts.
    [[nodiscard]] remote_place place() const noexcept {
        return remote_ == nullptr ? remote_place{} : remote_->place();
    }
    /// The open file; null: none.
    [[nodiscard]] const core::media_handle& media() const noexcept { return media_; }
    /// True when bytes of the file have been handed to a transport.
    [[nodiscard]] bool has_sent() const noexcept { return has_sent_; }
    /// The change of the file since it was opened (core::change_of).
    [[nodiscard]] std::string_view change() const noexcept { return core::change_of(*media_); }

    /// The log's name for an error of send_some(): "file_ended" or the name of an errno; empty when
    /// the error is known to come from the connection. sendfile reads and sends in one call, so its
    /// error may come from either.
    [[nodiscard]] static std::string_view fault_of(error_code ec) noexcept;

  private:
    /// Of a remote file, in bytes. The kernel would take 4 MiB for a client that reads slowly, and
    /// they are copies: a thousand such clients would use all memory that it has for TCP.
    static constexpr unsigned max_unsent = 131072;

    [[nodiscard]] body_step prepare_remote(part next);
    template <class Transport>
    body_step send_remote(Transport& transport, part next) {
        const auto ready = prepare_remote(next);
        if (ready.now != body_step::status::sent) {
            return ready;
        }
        if (!is_bounded_) {
            transport.limit_unsent(max_unsent);
            is_bounded_ = true;
        }
        error_code ec;
        const auto bytes = remote_->view(next.first).substr(0, next.length);
        // Not as a part of more: bytes that follow join those that wait to be sent anyway, and a
        // segment that is held back costs timers (docs/decisions/0043-object-stores.md).
        const auto count = transport.write_some(bytes, follow_up::none, ec);
        return step_of(count, ec, fault_of);
    }
    [[nodiscard]] std::string_view read_bytes(part next) const noexcept;
    /// Returns the window to the pool when all of it was sent, or when the connection is blocked
    /// and at least half of all windows are in use.
    void let_go(std::uint64_t next, bool is_blocked) noexcept;

    core::media_handle media_;
    std::shared_ptr<residence> where_;
    std::shared_ptr<cold_read> read_; // in progress, or with bytes to send
    std::unique_ptr<remote_reader> remote_;
    part wanted_; // the bytes of the last pending step
    bool has_sent_ = false;
    bool is_bounded_ = false; // limit_unsent() was called
};

} // namespace sluice::http
