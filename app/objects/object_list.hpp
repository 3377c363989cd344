#pragma once
// Lists the courses in an object store: the common prefixes of the keys, level by level, as the
// layout has them. Waits for the responses: for a thread of its own, and for commands. Used by
// app/objects/object_media.

#include "core/media/catalogue.hpp"
#include "core/media/layout_segment.hpp"
#include "http/client/waiting_client.hpp"
#include "http/objects/object_origin.hpp"

#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace sluice::app {

/// Sends requests of an origin one at a time and waits for each.
class object_asker {
  public:
    /// The calls are given up when `is_over` returns true.
    object_asker(http::object_origin& origin, std::function<bool()> is_over);

    struct answer {
        http::object_outcome what = http::object_outcome::credentials;
        unsigned status = 0;
        std::string code{};  // the store's word for an error
        std::string cause{}; // of a call without a response
        std::string content{};
        std::string region{}; // the region that the store names
        std::string etag{};
    };
    using request_maker = std::function<std::optional<http::outgoing>()>;

    /// Sends the request that `make` signs; without one, the outcome is that there are no
    /// credentials. When the store rejects the clock of this machine, a second request is signed by
    /// the store's. The answer is valid until the next call.
    [[nodiscard]] const answer& ask(const request_maker& make);
    [[nodiscard]] http::object_origin& origin() noexcept { return origin_; }
    /// The last answer of ask().
    [[nodiscard]] const answer& last() const noexcept { return last_; }

  private:
    [[nodiscard]] answer send(std::optional<http::outgoing> what);

    http::object_origin& origin_;
    http::waiting_client client_;
    answer last_;
};

/// Lists the first key below the prefix of the origin: the cheapest look at its bucket.
[[nodiscard]] const object_asker::answer& ask_for_key(object_asker& asker);

/// The courses below the prefix of the origin. The outcome is that of the request that failed, or
/// done. `segments` is media_layout::course_directory(); without any there are no courses.
[[nodiscard]] http::object_outcome list_courses(object_asker& asker,
                                                const std::vector<core::layout_segment>& segments,
                                                std::vector<core::catalogue::ownership>& out);

} // namespace sluice::app
