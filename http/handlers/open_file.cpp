#include "http/handlers/open_file.hpp"

#include "http/handlers/file_response.hpp"

#include <utility>

namespace sluice::http {

core::result<cached_file_handle> open_file(const core::media_library& library,
                                           const file_order& what, request& in, reply& out) {
    const auto known = in.files->find(what.url_path, in.steady_now);
    // Content in the cache is of one version. A file behind a descriptor may have been modified or
    // replaced; a resumed download would then mix two versions.
    const bool is_current =
        known != nullptr && (!known->content.empty() || core::is_current(*known->media));
    if (is_current && (what.owner.empty() || known->owner == what.owner)) {
        out.count().file_cache_hits.add();
        return known;
    }
    out.count().file_cache_misses.add();
    auto opened = library.open(what.media, what.owner, in.scratch);
    // A refused request must not remove a valid entry: it stays until there is a replacement.
    if (known != nullptr && (opened || !is_current)) {
        in.files->forget(what.url_path);
    }
    if (!opened) {
        out.count().symlinks_refused.add(opened.error().subject == core::symlink_subject ? 1 : 0);
        return opened.error();
    }
    auto file = prepare_file(*std::move(opened), what.media.filename(), out.frame().date, in.now);
    in.files->insert(what.url_path, file, in.steady_now);
    return file;
}

} // namespace sluice::http
