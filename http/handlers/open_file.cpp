#include "http/handlers/open_file.hpp"

#include "http/handlers/file_response.hpp"
#include "http/objects/object_file.hpp"

#include <cstdint>
#include <utility>

namespace sluice::http {

namespace {

std::shared_ptr<residence> residence_of(const std::shared_ptr<storage_device>& device,
                                        const core::open_media& media) {
    return device == nullptr || device->is_memory()
               ? nullptr
               : std::make_shared<residence>(device, media.facts.size);
}

class close_job final : public storage_job {
  public:
    explicit close_job(core::media_handle last) noexcept : last_(std::move(last)) {}
    void run() override { last_.reset(); }

  private:
    core::media_handle last_;
};

// close() on a network file system contacts the server. A thread of the device makes that call.
core::media_handle closed_elsewhere(core::media_handle media,
                                    const std::shared_ptr<storage_device>& device) {
    if (device->is_local()) {
        return media;
    }
    const auto* const facts = media.get();
    return {facts, [device, media = std::move(media)](const core::open_media*) mutable {
                try {
                    device->opens().submit({.key = 1},
                                           std::make_unique<close_job>(std::move(media)));
                } catch (const std::exception&) { // no thread or memory: closed here
                }
            }};
}

file_result finish(core::media_handle media, const std::shared_ptr<storage_device>& device,
                   const opening& what, reading how) {
    auto where = residence_of(device, *media);
    auto file =
        prepare_file({std::move(media), what.owner}, what.filename, what.date, what.now, how);
    if (file != nullptr) {
        file->where = std::move(where);
    }
    return cached_file_handle(std::move(file));
}

// None: opening the file, or reading the content of a small one, needs the disk.
std::optional<file_result> open_at_once(const media_access& from,
                                        const std::shared_ptr<storage_device>& device,
                                        const opening& what) {
    if (device != nullptr && !device->is_local()) {
        return std::nullopt;
    }
    auto opened = device == nullptr ? from.library.store().open(what.path)
                                    : from.library.store().open_cached(what.path);
    if (!opened) {
        return std::nullopt;
    }
    if (!*opened) {
        return opened->error();
    }
    const bool waits = device != nullptr && !device->is_memory();
    auto got =
        finish(std::move(**opened), device, what, waits ? reading::from_memory : reading::may_wait);
    if (*got == nullptr) {
        return std::nullopt;
    }
    return got;
}

// A check is good for all requests of a round: they had begun to arrive before it. A file that is
// modified later is noticed when its bytes have been sent (response_writer).
bool is_current(const cached_file& known, std::uint64_t round) {
    if (known.remote != nullptr) {
        return known.remote->is_current();
    }
    if (!known.text.content().empty() || known.checked_in == round) {
        return true;
    }
    const bool is_unchanged = core::is_current(*known.media);
    known.checked_in = is_unchanged ? round : 0;
    return is_unchanged;
}

// If a file is opened again and has not changed, its residence is kept.
cached_file_handle with_residence(cached_file_handle file, const cached_file_handle& before) {
    if (before == nullptr || before->where == nullptr || file->where == nullptr ||
        before->media->facts != file->media->facts) {
        return file;
    }
    auto same = std::make_shared<cached_file>(*file);
    same->where = before->where;
    return same;
}

} // namespace

std::optional<file_result> find_file(const media_access& from, const file_order& what, request& in,
                                     reply& out) {
    const auto known = in.files->find(what.url_path, in.steady_now);
    // Content in the cache is of one version. A file behind a descriptor may have been modified or
    // replaced; a resumed download would then mix two versions.
    const bool is_usable = known != nullptr && is_current(*known, in.round);
    if (is_usable && (what.owner.empty() || known->owner == what.owner)) {
        out.count().file_cache_hits.add();
        return known;
    }
    out.count().file_cache_misses.add();
    if (known != nullptr && !is_usable) {
        in.files->forget(what.url_path);
    }
    auto owner = from.library.locate(what.media, what.owner, in.scratch);
    if (!owner) {
        return owner.error();
    }
    if (from.objects != nullptr) {
        return std::nullopt;
    }
    std::shared_ptr<storage_device> device;
    if (from.devices != nullptr) {
        device = from.devices->device_of(from.library.store().root_fd(), in.scratch);
        if (device->is_away()) {
            return find_stale(what.url_path, what.owner, in, out);
        }
    }
    auto got = open_at_once(from, device,
                            {.path = in.scratch,
                             .course_id = {},
                             .owner = *std::move(owner),
                             .filename = std::string(what.media.filename()),
                             .key = {},
                             .date = std::string(out.frame().date),
                             .now = in.now});
    if (got) {
        if (!*got) {
            from.library.report(got->error(), what.media.course_id(), in.scratch);
        }
        remember(*got, std::string(what.url_path), in, out);
    }
    return got;
}

file_result find_stale(std::string_view key, std::string_view owner, request& in, reply& out) {
    auto known = in.files->find_stale(key, in.steady_now);
    if (known == nullptr || (!owner.empty() && known->owner != owner)) {
        return core::failure{core::errc::media_unavailable, storage_away};
    }
    out.count().file_cache_stale.add();
    out.record().cause = storage_away;
    return known;
}

file_result make_object_file(const media_access& from, const opening& what,
                             const object_lookup::found& got, const request& in) {
    if (!got) {
        return from.library.report(got.error(), what.course_id, what.path);
    }
    core::open_media media;
    media.facts.size = got->size;
    media.version = *got;
    auto file =
        prepare_file({std::make_shared<const core::open_media>(std::move(media)), what.owner},
                     what.filename, what.date, what.now, reading::may_wait);
    file->remote = std::make_shared<const object_file>(
        object_source{
            .origin = from.objects, .path = what.path, .etag = got->etag, .size = got->size},
        *in.objects);
    return cached_file_handle(std::move(file));
}

file_result open_now(const media_access& from, const std::shared_ptr<storage_device>& device,
                     const opening& what) {
    auto opened = from.library.store().open(what.path);
    if (!opened) {
        return from.library.report(opened.error(), what.course_id, what.path);
    }
    return finish(closed_elsewhere(std::move(*opened), device), device, what, reading::may_wait);
}

void remember(file_result& got, const std::string& key, request& in, reply& out) {
    // A rejected request must not remove a valid entry: the entry stays until another replaces it.
    if (got) {
        *got = with_residence(std::move(*got), in.files->find_stale(key, in.steady_now));
        in.files->forget(key);
        in.files->insert(key, *got, in.steady_now);
    } else {
        if (got.error().code == core::errc::media_not_found) {
            in.files->forget(key);
        }
        out.count().symlinks_refused.add(got.error().subject == core::symlink_subject ? 1 : 0);
    }
}

} // namespace sluice::http
