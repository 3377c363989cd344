#include "core/download/representation.hpp"

#include "core/download/entity_tag.hpp"
#include "core/download/http_date.hpp"

#include <chrono>

namespace sluice::core {

representation describe(const media_facts& facts) {
    using namespace std::chrono;
    representation version;
    version.size = facts.size;
    version.last_modified = floor<seconds>(nanoseconds{facts.mtime_ns}).count();
    version.etag = make_entity_tag(facts);
    if (version.is_dated()) {
        version.last_modified_text = format_http_date(version.last_modified);
    }
    return version;
}

} // namespace sluice::core
