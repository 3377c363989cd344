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
                   const file_search& what, reading how) {
    auto where = residence_of(device, *media);
    auto file = prepare_file({std::move(media), what.where.trainer_id}, what.filename, what.date,
                             what.now, how);
    if (file != nullptr) {
        file->where = std::move(where);
    }
    return cached_file_handle(std::move(file));
}

// None: opening the file, or reading the content of a small one, needs the disk.
std::optional<file_result> open_at_once(const core::media_store& store,
                                        const std::shared_ptr<storage_device>& device,
                                        const file_search& what) {
    if (device != nullptr && !device->is_local()) {
        return std::nullopt;
    }
    auto opened = device == nullptr ? store.open(what.path()) : store.open_cached(what.path());
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

// A check is good for all requests of a round (turn_queue::round). A file that is
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
        before->where->device() != file->where->device() ||
        before->media->facts != file->media->facts) {
        return file;
    }
    auto same = std::make_shared<cached_file>(*file);
    same->where = before->where;
    return same;
}

// Puts the result into the worker's cache. If the same version of the file was there before, its
// residence is kept.
void remember(file_result& got, std::string_view key, request& in) {
    // A rejected request must not remove a valid entry: the entry stays until another replaces it.
    if (got) {
        *got = with_residence(std::move(*got), in.files->find_stale(key, in.steady_now));
        in.files->forget(key);
        in.files->insert(key, *got, in.steady_now);
    } else if (got.error().code == core::errc::media_not_found) {
        in.files->forget(key);
    }
}

/// What the end of a search is reported and remembered by.
struct search_names {
    std::string_view course_id;
    std::string_view key;
};

// False when the file is missing in this origin, and the next one has to be asked. Otherwise `got`
// is the answer, which the cache then remembers.
bool settles(file_result& got, file_search& what, const search_names& names,
             const media_access& from, request& in, reply& out) {
    const core::failure missing{core::errc::media_not_found, {}};
    if (!got && got.error().code == missing.code) {
        out.count().symlinks_refused.add(got.error().subject == core::symlink_subject ? 1 : 0);
        if (what.next + 1 < what.where.at.size()) {
            ++what.next;
            return false;
        }
        if (what.where.if_missing != missing) {
            got = what.where.if_missing;
        } else if (got.error() == missing) {
            from.library.report_miss(names.course_id, what.where);
        }
    }
    remember(got, names.key, in);
    return true;
}

// The end of the search, as far as no candidate has to be waited for.
std::optional<file_result> find_at_once(const media_access& from, file_search& what,
                                        const search_names& names, request& in, reply& out) {
    std::optional<file_result> got;
    do {
        const auto* const store = from.library.origins()[what.candidate().origin].store;
        if (store == nullptr) {
            return std::nullopt;
        }
        std::shared_ptr<storage_device> device;
        if (from.devices != nullptr) {
            device = from.devices->device_of(store->root_fd(), what.path());
            if (device->is_away()) {
                return find_stale(names.key, what.where.trainer_id, in, out);
            }
        }
        got = open_at_once(*store, device, what);
    } while (got && !settles(*got, what, names, from, in, out));
    return got;
}

} // namespace

std::variant<file_result, file_search> find_file(const media_access& from, const file_order& what,
                                                 request& in, reply& out) {
    auto known = in.files->find(what.url_path, in.steady_now);
    // Content in the cache is of one version. A file behind a descriptor may have been modified or
    // replaced; a resumed download would then mix two versions.
    const bool is_usable = known != nullptr && is_current(*known, in.round);
    if (is_usable && (what.owner.empty() || known->owner == what.owner)) {
        out.count().file_cache_hits.add();
        return file_result(std::move(known));
    }
    out.count().file_cache_misses.add();
    if (known != nullptr && !is_usable) {
        in.files->forget(what.url_path);
    }
    auto where = from.library.locate(what.media, what.owner);
    if (!where) {
        return file_result(where.error());
    }
    file_search search{.where = *std::move(where),
                       .filename = std::string(what.media.filename()),
                       .date = std::string(out.frame().date),
                       .now = in.now};
    if (auto got = find_at_once(from, search, {what.media.course_id(), what.url_path}, in, out)) {
        return *std::move(got);
    }
    search.course_id = what.media.course_id();
    search.key = what.url_path;
    return search;
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

file_result make_object_file(const media_access& from, const file_search& what,
                             const object_lookup::found& got, const request& in) {
    if (!got) {
        return got.error();
    }
    core::open_media media;
    media.facts.size = got->size;
    media.version = *got;
    auto file = prepare_file(
        {std::make_shared<const core::open_media>(std::move(media)), what.where.trainer_id},
        what.filename, what.date, what.now, reading::may_wait);
    file->remote = std::make_shared<const object_file>(
        object_source{.origin = from.stores[what.candidate().origin],
                      .path = what.path(),
                      .etag = got->etag,
                      .size = got->size},
        *in.objects);
    return cached_file_handle(std::move(file));
}

file_result open_now(const media_access& from, const std::shared_ptr<storage_device>& device,
                     const file_search& what) {
    auto opened = from.library.origins()[what.candidate().origin].store->open(what.path());
    if (!opened) {
        return opened.error();
    }
    return finish(closed_elsewhere(std::move(*opened), device), device, what, reading::may_wait);
}

std::optional<file_result> go_on(const media_access& from, file_search& what, file_result got,
                                 request& in, reply& out) {
    const search_names names{what.course_id, what.key};
    if (settles(got, what, names, from, in, out)) {
        return got;
    }
    return find_at_once(from, what, names, in, out);
}

} // namespace sluice::http
