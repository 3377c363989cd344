#include "http/handlers/open_file.hpp"

#include "http/handlers/file_response.hpp"

#include <utility>

namespace sluice::http {

core::result<cached_file_handle> open_file(const core::media_library& library,
                                           const core::media_id& media, std::string_view url_path,
                                           request& in, reply& out) {
    if (auto known = in.files->find(url_path, in.steady_now)) {
        // Kept bytes are one version. A descriptor may have been written through or lost its name,
        // and then a resumed download would be a splice of two versions.
        if (!known->content.empty() || core::is_current(*known->media)) {
            out.count().file_cache_hits.add();
            return known;
        }
        in.files->forget(url_path);
    }
    out.count().file_cache_misses.add();
    auto opened = library.open(media, in.scratch);
    if (!opened) {
        out.count().symlinks_refused.add(opened.error().subject == core::symlink_subject ? 1 : 0);
        return opened.error();
    }
    auto file = prepare_file(std::move(*opened), media.filename(), out.frame().date, in.now);
    in.files->insert(url_path, file, in.steady_now);
    return file;
}

} // namespace sluice::http
