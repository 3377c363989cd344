#pragma once
// Opens a file through the worker's cache, for downloads and for the issue of tokens. A worker's
// thread opens a file only if that needs no disk. A thread of its device opens any other file while
// the request is suspended. Where a site has several origins, they are asked one after the other,
// in their order. This unit does not authorise: call it only after the caller was authorised for
// the file. Used by http/handlers/download_handler.cpp and http/handlers/token_handler.cpp.

#include "core/media/media_library.hpp"
#include "http/exchange/exchange.hpp"
#include "http/objects/object_desk.hpp"
#include "http/storage/storage.hpp"

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace sluice::http {

/// The files of a site and the threads that open them.
struct media_access {
    const core::media_library& library;
    storage* devices = nullptr;       // null: the worker's thread opens all files
    std::shared_ptr<const void> keep; // the owner of `library`; a step of a search holds it too
    std::chrono::milliseconds open_timeout{5000};
    /// Of the origins that are no directory, by their index in the library. Its owner is `keep`.
    std::span<const std::shared_ptr<object_origin>> stores{};
};

using file_result = core::result<cached_file_handle>;

/// The file to open and the user it is for: views into the caller's text.
struct file_order {
    const core::media_id& media;
    std::string_view owner;    // as for media_library::locate()
    std::string_view url_path; // the cache key: the path of its URL, still encoded
};

/// The search for one file through its origins, in their order. Its texts are copies, because
/// another thread may use them, and because a request that waits keeps no views.
struct file_search {
    core::media_library::located where;
    std::string filename;
    std::string date;
    std::chrono::sys_seconds now;
    std::size_t next = 0;    // of where.at: the candidate that is asked next
    std::string course_id{}; // for media_library::report_miss()
    std::string key{};       // of the file in the cache

    [[nodiscard]] const core::media_library::candidate& candidate() const noexcept {
        return where.at[next];
    }
    [[nodiscard]] const std::string& path() const noexcept { return candidate().path; }
};

/// Returns the file from the cache, or opens it if that needs no disk; otherwise the search for it,
/// at the first candidate that has to be waited for: call fetch_file(). A cached file is returned
/// only for the owner for whom it was opened. Fails like media_library::locate() and
/// media_store::open(), and with media_unavailable if a device does not respond: what comes after
/// it could be another version. Counts cache hits and misses, and rejected symbolic links.
[[nodiscard]] std::variant<file_result, file_search>
find_file(const media_access& from, const file_order& what, request& in, reply& out);

/// The cause in the log when a device does not respond.
inline constexpr std::string_view storage_away = "storage_away";

/// Opens the candidate on the calling thread, which may wait for the disk.
[[nodiscard]] file_result open_now(const media_access& from,
                                   const std::shared_ptr<storage_device>& device,
                                   const file_search& what);
/// Returns the version in the cache, even if its entry has expired. For a file whose device is
/// away. `owner` is the trainer of a presentation, or empty. Fails with media_unavailable if there
/// is none.
[[nodiscard]] file_result find_stale(std::string_view key, std::string_view owner, request& in,
                                     reply& out);

/// The file of an object, or the failure of its lookup, on the thread of `in`.
[[nodiscard]] file_result make_object_file(const media_access& from, const file_search& what,
                                           const object_lookup::found& got, const request& in);

/// Goes on after `got`, the result of the candidate: when the file is missing there, through
/// further candidates as long as they need no disk. The end of the search, which the cache then
/// remembers; none: the candidate has to be waited for.
[[nodiscard]] std::optional<file_result> go_on(const media_access& from, file_search& what,
                                               file_result got, request& in, reply& out);

template <class Then>
void fetch_file(const media_access& from, file_search what, request& in, reply& out, Then then);

/// A request that is suspended while a candidate is asked for its file. The job that opens the file
/// and the watch of its device share it; the first of them that has a result resumes the request.
template <class Then>
class pending_open final : public away_waiter {
  public:
    pending_open(completion done, media_access from, file_search what, Then then)
        : done_(std::move(done)), from_(std::move(from)), what_(std::move(what)),
          then_(std::move(then)) {}

    /// False when the request has been completed or abandoned.
    [[nodiscard]] bool is_wanted() {
        const std::lock_guard guard(mutex_);
        return done_ && done_.is_wanted();
    }
    /// For the one who calls finish(), until then.
    [[nodiscard]] const media_access& from() const noexcept { return from_; }
    [[nodiscard]] const file_search& what() const noexcept { return what_; }

    /// `find(from, what, request&)` is the result of the candidate, on the worker's thread.
    template <class Find>
    void finish(Find find) {
        if (auto done = claim()) {
            done.complete([from = std::move(from_), what = std::move(what_),
                           then = std::move(then_),
                           find = std::move(find)](request& in, reply& out) mutable {
                auto got = go_on(from, what, find(from, what, in), in, out);
                if (got) {
                    then(in, out, *got);
                } else {
                    fetch_file(from, std::move(what), in, out, std::move(then));
                }
            });
        }
    }
    /// For a request that can get the version in the cache: it does not wait for the time limit.
    void on_away() override {
        if (auto done = claim()) { // finish() finds nothing to move any more
            done.complete([key = what_.key, owner = what_.where.trainer_id,
                           then = std::move(then_)](request& in, reply& out) mutable {
                then(in, out, find_stale(key, owner, in, out));
            });
        }
    }

  private:
    completion claim() {
        const std::lock_guard guard(mutex_);
        return std::exchange(done_, completion());
    }

    std::mutex mutex_; // guards done_
    completion done_;
    media_access from_; // these are of the thread that has claimed done_
    file_search what_;
    Then then_;
};

template <class Then>
class open_job final : public storage_job {
  public:
    open_job(std::shared_ptr<storage_device> device, std::shared_ptr<pending_open<Then>> request)
        : device_(std::move(device)), request_(std::move(request)) {}
    void run() override {
        if (request_->is_wanted()) {
            request_->finish([got = open_now(request_->from(), device_, request_->what())](
                                 const auto&, const auto&, const auto&) { return got; });
        }
    }

  private:
    std::shared_ptr<storage_device> device_;
    std::shared_ptr<pending_open<Then>> request_;
};

/// The watch of a device finds that it is away up to this time after open_timeout. A request that
/// can get the version in the cache waits so much longer.
inline constexpr std::chrono::milliseconds watch_delay{500};

/// fetch_file() for an object. Its lookup ends within object_origin::settings::patience.
template <class Then>
void fetch_object(const media_access& from, file_search what, request& in, reply& out, Then then) {
    auto& desk = *in.objects; // before the suspension: `in` must not be used after it
    const auto& store = from.stores[what.candidate().origin];
    auto waiting = std::make_shared<pending_open<Then>>(
        out.suspend(problem_id::media_unavailable, {.time = from.open_timeout + watch_delay,
                                                    .if_late = problem_id::media_unavailable,
                                                    .cause = "storage_timeout"}),
        from, std::move(what), std::move(then));
    desk.find(store, waiting->what().path(), [waiting](const object_lookup::found& got) {
        waiting->finish(
            [got](const media_access& where, const file_search& search, const request& again) {
                return make_object_file(where, search, got, again);
            });
    });
}

/// Waits for the candidate of `what`, a search that find_file() returned. Suspends the request, and
/// calls `then(request&, reply&, file_result)` when the file has been opened, in this origin or in
/// a later one. If its device is found to be away and the cache has a version of the file, calls it
/// with that version. All candidates share the time of the first suspension; after it, the response
/// is media_unavailable.
template <class Then>
void fetch_file(const media_access& from, file_search what, request& in, reply& out, Then then) {
    const auto& candidate = what.candidate();
    const auto* const store = from.library.origins()[candidate.origin].store;
    if (store == nullptr) {
        fetch_object(from, std::move(what), in, out, std::move(then));
        return;
    }
    auto device = from.devices->device_of(store->root_fd(), candidate.path);
    const lane::turn turn{
        .key = std::hash<std::string_view>{}(out.record().user_id),
        .file = (std::hash<std::string_view>{}(candidate.path) + candidate.origin) | 1U};
    const bool is_known = in.files->find_stale(what.key, in.steady_now) != nullptr;
    auto waiting = std::make_shared<pending_open<Then>>(
        out.suspend(problem_id::media_unavailable,
                    {.time = is_known ? from.open_timeout + watch_delay : from.open_timeout,
                     .if_late = problem_id::media_unavailable,
                     .cause = "storage_timeout"}),
        from, std::move(what), std::move(then));
    if (is_known) {
        from.devices->tell_when_away(device, waiting);
    }
    auto& opens = device->opens();
    opens.submit(turn, std::make_unique<open_job<Then>>(std::move(device), std::move(waiting)));
}

} // namespace sluice::http
