#pragma once
// Opens a file through the worker's cache, for downloads and for the issue of tokens. A worker's
// thread opens a file only if that needs no disk. A thread of its device opens any other file while
// the request is suspended. This unit does not authorise: call it only after the caller was
// authorised for the file. Used by http/handlers/download_handler.cpp and
// http/handlers/token_handler.cpp.

#include "core/media/media_library.hpp"
#include "http/exchange/exchange.hpp"
#include "http/objects/object_desk.hpp"
#include "http/storage/storage.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace sluice::http {

/// The files of a site and the threads that open them.
struct media_access {
    const core::media_library& library;
    storage* devices = nullptr;       // null: the worker's thread opens all files
    std::shared_ptr<const void> keep; // the owner of `library`; a job holds it too
    std::chrono::milliseconds open_timeout{5000};
    std::shared_ptr<object_origin> objects{}; // the media are here; null: in a directory
};

using file_result = core::result<cached_file_handle>;

/// The file to open and the user it is for: views into the caller's text.
struct file_order {
    const core::media_id& media;
    std::string_view owner;    // as for media_library::open()
    std::string_view url_path; // the cache key: the path of its URL, still encoded
};

/// Returns the file from the cache, or opens it if that needs no disk. None: a thread of the device
/// has to open it; call fetch_file(). A cached file is returned only for the owner for whom it was
/// opened. Fails like media_library::open(), and with media_unavailable if the device does not
/// respond. Counts cache hits and misses, and rejected symbolic links.
[[nodiscard]] std::optional<file_result> find_file(const media_access& from, const file_order& what,
                                                   request& in, reply& out);

/// The arguments of one opening, copied, because another thread may use them.
struct opening {
    std::string path;      // relative to the root of the media
    std::string course_id; // for media_library::report()
    std::string owner;     // media_library::found::trainer_id
    std::string filename;
    std::string key; // of the file in the cache
    std::string date;
    std::chrono::sys_seconds now;
};

/// The cause in the log when a device does not respond.
inline constexpr std::string_view storage_away = "storage_away";

/// Opens on the calling thread, which may wait for the disk.
[[nodiscard]] file_result open_now(const media_access& from,
                                   const std::shared_ptr<storage_device>& device,
                                   const opening& what);
/// Returns the version in the cache, even if its entry has expired. For a file whose device is
/// away. `owner` is as in file_order. Fails with media_unavailable if there is none.
[[nodiscard]] file_result find_stale(std::string_view key, std::string_view owner, request& in,
                                     reply& out);
/// Puts the result into the worker's cache. If the same version of the file was there before, its
/// residence is kept.
void remember(file_result& got, const std::string& key, request& in, reply& out);

/// The file of an object, or the failure of its lookup, on the thread of `in`.
[[nodiscard]] file_result make_object_file(const media_access& from, const opening& what,
                                           const object_lookup::found& got, const request& in);

/// A request that is suspended while its file is opened. The job that opens the file and the watch
/// of its device share it; the first of them that has a result completes the request.
template <class Then>
class pending_open final : public away_waiter {
  public:
    pending_open(completion done, const opening& what, Then then)
        : done_(std::move(done)), key_(what.key), owner_(what.owner), then_(std::move(then)) {}

    /// False when the request has been completed or abandoned.
    [[nodiscard]] bool is_wanted() {
        const std::lock_guard guard(mutex_);
        return done_ && done_.is_wanted();
    }
    /// The result of the opening.
    void finish(file_result got) {
        answer([got = std::move(got), key = key_](request& in, reply& out) mutable {
            remember(got, key, in, out);
            return std::move(got);
        });
    }
    /// The result of the lookup of an object. Call it on any thread.
    void finish(const media_access& from, const opening& what, const object_lookup::found& got) {
        answer([from, what, got](request& in, reply& out) {
            auto file = make_object_file(from, what, got, in);
            remember(file, what.key, in, out);
            return file;
        });
    }
    /// For a request that can get the version in the cache: it does not wait for the time limit.
    void on_away() override {
        answer([key = key_, owner = owner_](request& in, reply& out) {
            return find_stale(key, owner, in, out);
        });
    }

  private:
    template <class Find>
    void answer(Find find) {
        auto done = claim();
        if (done) {
            done.complete([find = std::move(find), then = std::move(then_)](
                              request& in, reply& out) mutable { then(in, out, find(in, out)); });
        }
    }
    completion claim() {
        const std::lock_guard guard(mutex_);
        return std::exchange(done_, completion());
    }

    std::mutex mutex_; // guards done_
    completion done_;
    const std::string key_; // in the cache
    const std::string owner_;
    Then then_; // of the thread that has claimed done_
};

template <class Then>
class open_job final : public storage_job {
  public:
    open_job(media_access from, std::shared_ptr<storage_device> device, opening what,
             std::shared_ptr<pending_open<Then>> request)
        : from_(std::move(from)), device_(std::move(device)), what_(std::move(what)),
          request_(std::move(request)) {}
    void run() override {
        if (request_->is_wanted()) {
            request_->finish(open_now(from_, device_, what_));
        }
    }

  private:
    media_access from_;
    std::shared_ptr<storage_device> device_;
    opening what_;
    std::shared_ptr<pending_open<Then>> request_;
};

/// The watch of a device finds that it is away up to this time after open_timeout. A request that
/// can get the version in the cache waits so much longer.
inline constexpr std::chrono::milliseconds watch_delay{500};

/// fetch_file() for an object. Its lookup ends within object_origin::settings::patience.
template <class Then>
void fetch_object(const media_access& from, const opening& what, request& in, reply& out,
                  Then then) {
    auto& desk = *in.objects; // before the suspension: `in` must not be used after it
    auto waiting = std::make_shared<pending_open<Then>>(
        out.suspend(problem_id::media_unavailable, {.time = from.open_timeout + watch_delay,
                                                    .if_late = problem_id::media_unavailable,
                                                    .cause = "storage_timeout"}),
        what, std::move(then));
    desk.find(from.objects, what.path, [from, what, waiting](const object_lookup::found& got) {
        waiting->finish(from, what, got);
    });
}

/// REQUIRES: find_file() returned none. Suspends the request, and calls `then(request&, reply&,
/// file_result)` when the file has been opened. If its device is found to be away and the cache has
/// a version of the file, calls it with that version. If neither happens within
/// `from.open_timeout`, the response is media_unavailable.
template <class Then>
void fetch_file(const media_access& from, const file_order& order, request& in, reply& out,
                Then then) {
    auto owner = from.library.locate(order.media, order.owner, in.scratch);
    if (!owner) { // removed since find_file()
        then(in, out, file_result(owner.error()));
        return;
    }
    opening what{in.scratch,
                 std::string(order.media.course_id()),
                 *std::move(owner),
                 std::string(order.media.filename()),
                 std::string(order.url_path),
                 std::string(out.frame().date),
                 in.now};
    if (from.objects != nullptr) {
        fetch_object(from, what, in, out, std::move(then));
        return;
    }
    const auto device = from.devices->device_of(from.library.store().root_fd(), in.scratch);
    const lane::turn turn{.key = std::hash<std::string_view>{}(out.record().user_id),
                          .file = std::hash<std::string_view>{}(in.scratch) | 1U};
    const bool is_known = in.files->find_stale(what.key, in.steady_now) != nullptr;
    auto waiting = std::make_shared<pending_open<Then>>(
        out.suspend(problem_id::media_unavailable,
                    {.time = is_known ? from.open_timeout + watch_delay : from.open_timeout,
                     .if_late = problem_id::media_unavailable,
                     .cause = "storage_timeout"}),
        what, std::move(then));
    if (is_known) {
        from.devices->tell_when_away(device, waiting);
    }
    device->opens().submit(
        turn, std::make_unique<open_job<Then>>(from, device, std::move(what), std::move(waiting)));
}

} // namespace sluice::http
