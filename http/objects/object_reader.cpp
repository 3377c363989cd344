#include "http/objects/object_reader.hpp"

#include "core/objects/object_version.hpp"

#include <algorithm>
#include <string>
#include <utility>

namespace sluice::http {

std::unique_ptr<remote_reader> object_file::read() const {
    return std::make_unique<object_reader>(from_, desk_);
}

object_reader::object_reader(std::shared_ptr<object_source> from, object_desk& desk)
    : from_(std::move(from)), desk_(desk), pause_(desk.context()) {}

object_reader::~object_reader() {
    drop_buffer();
}

// The buffer has no bytes that are needed.
void object_reader::provide_buffer() {
    const auto wanted = from_->origin->take_buffer(room_);
    if (wanted != room_) {
        room_ = wanted; // before the allocation, which may throw
        buffer_ = std::make_unique_for_overwrite<char[]>(wanted);
    }
}

void object_reader::drop_buffer() noexcept {
    buffer_.reset();
    from_->origin->give_back(std::exchange(room_, 0));
    count_ = 0;
}

std::string_view object_reader::view(std::uint64_t first) const noexcept {
    if (first < at_ || first >= at_ + count_) {
        return {};
    }
    const auto offset = static_cast<std::size_t>(first - at_);
    return {buffer_.get() + offset, count_ - offset};
}

void object_reader::fetch(storage_waiter& waiter, std::uint64_t first, std::uint64_t rest) {
    waiter_ = &waiter;
    count_ = 0;
    end_ = first + rest;
    ready_since_ = {};
    if (call_ != nullptr && next_ == first && until_ == end_) {
        read();
        return;
    }
    next_ = first;
    tries_ = 0;
    if (has_begun_ && until_ == end_) {
        from_->origin->note_resumed(); // given up while the client paused
    }
    ask();
}

void object_reader::forget() noexcept {
    waiter_ = nullptr;
    call_.reset();
    pause_.cancel();
}

void object_reader::release(std::chrono::steady_clock::time_point before) {
    if (waiter_ == nullptr && call_ != nullptr && ready_since_ < before) {
        call_.reset();
        drop_buffer(); // what the client has not taken is asked for again with the rest
        from_->origin->note_released();
    }
}

void object_reader::ask() {
    call_.reset();
    ++tries_;
    until_ = end_;
    auto what = from_->origin->request(bhttp::verb::get, from_->path);
    if (!what) {
        repeat();
        return;
    }
    what->fields.emplace_back("Range",
                              "bytes=" + std::to_string(next_) + "-" + std::to_string(end_ - 1));
    what->fields.emplace_back("If-Match", from_->etag);
    call_ = desk_.client_of(*from_->origin)
                .start(*std::move(what), [this](const call_result<void>& got) { on_head(got); });
    if (!object_watched::is_linked()) {
        desk_.watch(*this);
    }
}

void object_reader::on_head(const call_result<void>& got) {
    if (!got) {
        from_->origin->judge(got.error());
        repeat();
    } else if (call_->status() >= 300) {
        read_refusal();
    } else if (from_->origin->judge(object_call::get, *call_, {}); is_as_asked()) {
        read();
    } else {
        from_->is_current = false;
        fail("object_changed");
    }
}

// A store that ignores Range or If-Match must not give us bytes of another place or version.
bool object_reader::is_as_asked() const {
    const core::content_range wanted{next_, end_ - 1, from_->size};
    return call_->status() == 206 && call_->field("ETag") == from_->etag &&
           core::parse_content_range(call_->field("Content-Range")) == wanted;
}

void object_reader::read() {
    provide_buffer();
    const auto most = static_cast<std::size_t>(std::min<std::uint64_t>(room_, end_ - next_));
    call_->read_some(net::buffer(buffer_.get(), most),
                     [this](const call_result<std::size_t>& got) { on_bytes(got); });
}

void object_reader::on_bytes(const call_result<std::size_t>& got) {
    if (!got || *got == 0) {
        if (!got) {
            from_->origin->judge(got.error());
        }
        repeat();
        return;
    }
    at_ = next_;
    count_ = *got;
    next_ += count_;
    from_->origin->note_bytes(count_);
    if (has_begun_ && tries_ > 1) {
        from_->origin->note_resumed();
    }
    has_begun_ = true;
    tries_ = 1;
    if (next_ == end_) {
        call_.reset(); // its connection is free for others
    }
    ready_since_ = std::chrono::steady_clock::now();
    wake();
}

void object_reader::read_refusal() {
    if (call_->is_done()) {
        on_refusal(from_->origin->judge(object_call::get, *call_, {}));
        return;
    }
    // One read is enough for the code at the beginning; a store that sends it later is not named.
    provide_buffer();
    call_->read_some(net::buffer(buffer_.get(), room_),
                     [this](const call_result<std::size_t>& got) {
                         const std::string_view content(buffer_.get(), got ? *got : 0);
                         on_refusal(from_->origin->judge(object_call::get, *call_, content));
                     });
}

void object_reader::on_refusal(object_outcome why) {
    // A store that hides missing objects says the same for missing rights: a lookup tells them
    // apart. In the middle of a body, rights may be mended.
    const bool is_hidden =
        why == object_outcome::forbidden && !has_begun_ && from_->origin->with().hides_missing;
    if (why == object_outcome::changed || why == object_outcome::missing || is_hidden) {
        from_->is_current = false;
        fail(object_cause(why));
    } else {
        repeat(); // credentials and rights may be mended before the response gives up
    }
}

void object_reader::repeat() {
    call_.reset();
    pause_.expires_after(object_pause(tries_));
    pause_.async_wait([life = std::weak_ptr<const bool>(life_), this](error_code ec) {
        if (!ec && !life.expired() && waiter_ != nullptr) {
            ask();
        }
    });
}

void object_reader::fail(std::string_view why) {
    call_.reset();
    fault_ = why;
    wake();
}

// The response may destroy this object.
void object_reader::wake() {
    if (auto* const waiter = std::exchange(waiter_, nullptr)) {
        waiter->on_storage();
    }
}

} // namespace sluice::http
