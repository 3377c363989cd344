#pragma once
// Opens a file through the worker's cache, for downloads and for the issue of tokens. A worker's
// thread opens a file only if that needs no disk. A thread of its device opens any other file while
// the request is suspended. This unit does not authorise: call it only after the caller was
// authorised for the file. Used by http/handlers/download_handler.cpp and
// http/handlers/token_handler.cpp.

#include "core/media/media_library.hpp"
#include "http/exchange/exchange.hpp"
#include "http/storage/storage.hpp"

#include <chrono>
#include <functional>
#include <memory>
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
/// Puts the result into the worker's cache. If the same version of the file was there before, its
/// residence is kept.
void remember(file_result& got, const std::string& key, request& in, reply& out);

template <class Then>
class open_job final : public storage_job {
  public:
    open_job(media_access from, std::shared_ptr<storage_device> device, opening what,
             completion done, Then then)
        : from_(std::move(from)), device_(std::move(device)), what_(std::move(what)),
          done_(std::move(done)), then_(std::move(then)) {}
    void run() override {
        if (!done_.is_wanted()) {
            return; // the request has ended
        }
        done_.complete([got = open_now(from_, device_, what_), key = std::move(what_.key),
                        then = std::move(then_)](request& in, reply& out) mutable {
            remember(got, key, in, out);
            then(in, out, std::move(got));
        });
    }

  private:
    media_access from_;
    std::shared_ptr<storage_device> device_;
    opening what_;
    completion done_;
    Then then_;
};

/// REQUIRES: find_file() returned none. Suspends the request, and calls `then(request&, reply&,
/// file_result)` when the file has been opened. If that takes longer than `from.open_timeout`, the
/// response is media_unavailable.
template <class Then>
void fetch_file(const media_access& from, const file_order& order, request& in, reply& out,
                Then then) {
    auto owner = from.library.locate(order.media, order.owner, in.scratch);
    if (!owner) { // removed since find_file()
        then(in, out, file_result(owner.error()));
        return;
    }
    const auto device = from.devices->device_of(from.library.store().root_fd(), in.scratch);
    opening what{in.scratch,
                 std::string(order.media.course_id()),
                 *std::move(owner),
                 std::string(order.media.filename()),
                 std::string(order.url_path),
                 std::string(out.frame().date),
                 in.now};
    const lane::turn turn{.key = std::hash<std::string_view>{}(out.record().user_id),
                          .file = std::hash<std::string_view>{}(in.scratch) | 1U};
    device->opens().submit(turn, std::make_unique<open_job<Then>>(
                                     from, device, std::move(what),
                                     out.suspend(problem_id::media_unavailable,
                                                 {.time = from.open_timeout,
                                                  .if_late = problem_id::media_unavailable,
                                                  .cause = "storage_timeout"}),
                                     std::move(then)));
}

} // namespace sluice::http
