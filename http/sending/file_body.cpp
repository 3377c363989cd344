#include "http/sending/file_body.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace sluice::http {

body_step file_body::prepare_remote(part next) {
    if (!remote_->view(next.first).empty()) {
        return {};
    }
    if (!remote_->fault().empty()) {
        return {.now = body_step::status::failed, .fault = remote_->fault()};
    }
    wanted_ = next;
    return {.now = body_step::status::pending};
}

body_step file_body::prepare(part next, time_point now) {
    if (where_ == nullptr) {
        return remote_ == nullptr ? body_step{} : prepare_remote(next);
    }
    if (read_ != nullptr) {
        const auto& got = *read_;
        if (got.owner == nullptr && next.first >= got.first) {
            if (got.error != 0 || got.count == 0) {
                return {.now = body_step::status::failed,
                        .fault = fault_of({got.error, boost::system::system_category()})};
            }
            if (next.first < got.first + got.count) {
                if (got.is_kept && next.first == got.first) {
                    where_->learn(got.first, got.count, now);
                }
                return {};
            }
        }
        forget();
    }
    if (where_->is_warm(media_->fd.get(), next.first, next.length, now)) {
        return {};
    }
    wanted_ = next;
    return {.now = body_step::status::pending};
}

std::string_view file_body::read_bytes(part next) const noexcept {
    const auto offset = next.first - read_->first;
    const std::string_view all(read_->bytes.get(), read_->count);
    return all.substr(offset, next.length);
}

void file_body::let_go(std::uint64_t next, bool is_blocked) noexcept {
    const bool is_over = next >= read_->first + read_->count;
    if (is_over || (is_blocked && where_->device()->buffers().is_short())) {
        read_.reset();
    }
}

void file_body::fetch(storage_waiter& waiter, const std::shared_ptr<mailbox>& to,
                      std::uint64_t key) {
    if (remote_ != nullptr) {
        remote_->fetch(waiter, wanted_.first, wanted_.rest);
        return;
    }
    forget();
    auto next = std::make_shared<cold_read>();
    next->to = to;
    next->media = media_;
    next->first = wanted_.first;
    next->length = std::min<std::uint64_t>(wanted_.rest, storage_buffers::window);
    begin_read(next, where_->device(), key);
    next->owner = &waiter; // not before: nobody is called for a read that has not begun
    read_ = std::move(next);
}

void file_body::forget() noexcept {
    if (read_ != nullptr) {
        read_->owner = nullptr;
        read_->is_wanted.store(false, std::memory_order_relaxed);
        read_.reset();
    }
    if (remote_ != nullptr) {
        remote_->forget();
    }
}

std::string_view file_body::fault_of(error_code ec) noexcept {
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

} // namespace sluice::http
