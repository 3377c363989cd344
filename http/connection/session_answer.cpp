// How a session fills its response: from the handler of the request, at once or after a suspension,
// once more when the version of the object has been replaced, or with an error response. The rest
// of the class is in http/connection/session_base.cpp.
#include "http/connection/session_base.hpp"
#include "http/exchange/client_origin.hpp"
#include "http/exchange/dispatch.hpp"

#include <exception>
#include <new>
#include <string_view>
#include <utility>

namespace sluice::http {

void session_base::open_exchange(time_point started) {
    auto fresh = owner_.outbounds().take();
    if (!fresh->facts) { // the last ones are kept until they are acknowledged
        fresh->facts = owner_.sent_responses().take();
    }
    out_ = std::move(fresh);
    note_request();
    owner_.count().requests_active.add();
    out_->writer.start();
    out_->is_second = false;
    out_->record().restart(started, owner_.noted_fields());
    out_->facts->id = owner_.ids().next();
}

reply session_base::open_reply(std::chrono::sys_seconds wall, bool keep_alive) {
    reply opened(out_->answer, out_->record(), owner_.count(), in_ ? &in_->later : nullptr);
    opened.open({.version = in_->asked.head.version,
                 .is_head = false,
                 .keep_alive = keep_alive,
                 .date = owner_.date(wall),
                 .request_id = out_->facts->id.view(),
                 .allow_origin = {},
                 .transport_security = peer_.transport_security});
    return opened;
}

reply session_base::open_answer(std::chrono::system_clock::time_point wall) {
    const auto& where = owner_.where();
    auto& asked = in_->asked;
    asked.revoked = owner_.revoked();
    asked.wall = wall;
    asked.now = std::chrono::floor<std::chrono::seconds>(wall);
    const bool is_last = served_ >= where.limits.requests_per_connection;
    const bool keeps_alive = asked.head.keep_alive && !asked.head.has_content && !is_last &&
                             !where.is_draining.load(std::memory_order_relaxed);
    auto opened = open_reply(asked.now, keeps_alive);
    auto frame = opened.frame();
    frame.is_head = asked.head.method == bhttp::verb::head;
    if (const auto origin = asked.head.value_of(bhttp::field::origin)) {
        frame.allow_origin = where.cors.allow(*origin);
    }
    opened.open(frame);
    return opened;
}

// True when out_ has been filled: by `work` or, after an exception, by an error response.
template <class Work>
bool session_base::fill(Work work) noexcept {
    try {
        try {
            work();
        } catch (const std::bad_alloc&) {
            refuse_after_fault(problem_id::overloaded);
        } catch (const std::exception&) {
            refuse_after_fault(problem_id::internal);
        }
        return true;
    } catch (const std::exception&) { // out of memory for an error response
        return false;
    }
}

bool session_base::refuse_unsent(std::string_view cause) noexcept {
    owner_.count().media_read_failures.add();
    out_->answer.file().forget();
    return fill([&] {
        open_answer(wall_now()).refuse(problem_id::media_unavailable);
        out_->writer.start();
        out_->record().cause = cause;
    });
}

void session_base::answer() {
    if (!fill([this] { compose(); })) {
        throw std::bad_alloc();
    }
}

void session_base::compose() {
    const auto [started, wall] = owner_.round_time();
    open_exchange(started);
    in_->asked.steady_now = started;
    if (served_ >= owner_.where().limits.requests_per_connection) {
        owner_.count().add_limit(limit_label::requests_per_connection);
    }
    handle(wall);
}

void session_base::handle(std::chrono::system_clock::time_point wall) {
    auto& asked = in_->asked;
    asked.peer = &peer_;
    asked.files = &owner_.files();
    asked.press = &owner_.press();
    asked.ids = &owner_.ids();
    asked.round = owner_.turns().round();
    const auto method = bhttp::to_string(asked.head.method);
    out_->record().method = {method.data(), method.size()};
    if (out_->record().note.wants(core::access_field::user_agent)) {
        out_->record().note.keep_user_agent(
            asked.head.value_of(bhttp::field::user_agent).value_or(std::string_view{}));
    }
    asked.public_host.clear();
    asked.is_secure = peer_.is_secure;
    if (const auto& trust = owner_.where().proxies; !trust.is_empty() && is_trusted(trust, peer_)) {
        believe_proxy(trust, asked, out_->record(), out_->facts->id);
    }
    auto opened = open_answer(wall);
    if (out_->is_second) { // a token is judged by the time when its request began
        asked.wall -= asked.steady_now - out_->record().started;
        asked.now = std::chrono::floor<std::chrono::seconds>(asked.wall);
    }
    dispatch(owner_.where(), asked, opened);
    if (is_suspended()) {
        start_waiting(owner_.pin());
    }
}

bool session_base::begins_again() {
    if (!in_ || out_->is_second || !out_->answer.file().is_outdated()) {
        return false;
    }
    const auto handle_again = [this] {
        out_->answer.clear(); // its place among the downloads of the user is free again
        out_->writer.start();
        out_->record().restart(out_->record().started, owner_.noted_fields());
        out_->is_second = true;
        in_->asked.steady_now = now();
        handle(wall_now());
    };
    if (!fill(handle_again)) {
        throw std::bad_alloc();
    }
    return true;
}

bool session_base::is_primed() {
    // The time of the request is recent enough, and saves a reading of the clock.
    const auto status = out_->writer.prime(out_->answer, in_ ? in_->asked.steady_now : now());
    const bool is_pending = status == response_writer::status::pending;
    const bool is_away = is_pending && out_->answer.file().is_away();
    if (is_pending && !is_away) { // in_ is kept: an error response may need it
        if (!fill([this] { await_storage(now()); })) {
            throw std::bad_alloc();
        }
        const bool is_rejected = phase_ != phase::fetching; // for want of a thread or of memory
        return is_rejected;
    }
    const bool has_failed = status == response_writer::status::failed;
    if (has_failed && begins_again()) {
        return !is_suspended() && is_primed();
    }
    const auto fault = is_away ? "storage_away" : out_->writer.file_fault();
    if ((is_away || has_failed) && !refuse_unsent(fault)) {
        throw std::bad_alloc();
    }
    return true;
}

void session_base::start_waiting(std::shared_ptr<const void> pin) noexcept {
    in_->later.await(*this, std::move(pin));
    wait_for(connection_state::suspended);
}

void session_base::resume(continuation then) {
    auto pin = in_->later.pin(); // a reload during the first wait does not concern a second one
    in_->later.forget();
    in_->asked.steady_now = now();
    const bool is_answered = fill([&] {
        auto opened = open_answer(wall_now());
        then.call(then.object, in_->asked, opened);
    });
    if (!is_answered) {
        on_fault();
    } else if (is_suspended()) {
        start_waiting(std::move(pin)); // the deadline of the first suspension remains
    } else {
        on_resumed();
    }
}

void session_base::give_up(problem_id why, std::string_view cause) {
    in_->later.forget();
    const auto refuse_it = [&] {
        open_answer(wall_now()).refuse(why);
        out_->record().cause = cause;
    };
    if (fill(refuse_it)) {
        on_resumed();
    } else {
        on_fault();
    }
}

void session_base::refuse_after_fault(problem_id why) {
    owner_.count().faults.add();
    in_->later.forget();
    if (out_) {
        owner_.count().requests_active.subtract();
        owner_.outbounds().give_back(std::move(out_));
    }
    refuse(why);
}

void session_base::refuse(problem_id why) {
    open_exchange(now());
    auto opened = open_reply(owner_.where().clock.wall_seconds(), false);
    auto frame = opened.frame();
    if (in_) { // the part of the request that has arrived
        const auto bytes = in_->bytes.data();
        frame.is_head = in_->parser.is_for_head(bytes);
        const auto origin = find_origin({bytes.data(), bytes.size()});
        frame.allow_origin =
            origin.empty() ? std::string_view{} : owner_.where().cors.allow(origin);
    }
    opened.open(frame);
    opened.refuse(why);
}

void session_base::refuse_admission() {
    switch (admission_) {
    case admission::peer_is_full:
        refuse(problem_id::too_many_from_peer);
        break;
    case admission::not_secure:
        refuse(problem_id::tls_required);
        break;
    default:
        refuse(problem_id::too_many_connections);
        break;
    }
}

} // namespace sluice::http
