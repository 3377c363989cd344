#include "app/objects/object_list.hpp"

#include "core/objects/object_xml.hpp"
#include "http/client/whole_call.hpp"

#include <chrono>
#include <string_view>

namespace sluice::app {

namespace {

using http::object_outcome;

constexpr std::size_t max_page_bytes = std::size_t{4} << 20U; // 1000 names of 1024 bytes, encoded

// The names of the directories below `prefix`, without it and without the slash.
object_outcome list_names(object_asker& asker, const std::string& prefix,
                          std::vector<std::string>& out) {
    std::string next;
    do {
        std::vector<std::pair<std::string, std::string>> parameters{{"prefix", prefix},
                                                                    {"delimiter", "/"}};
        if (!next.empty()) {
            parameters.emplace_back("continuation-token", next);
        }
        const auto& got = asker.ask([&] { return asker.origin().list_request(parameters); });
        if (got.what != object_outcome::done) {
            return got.what;
        }
        const auto page = core::read_object_page(got.content);
        if (!page) {
            return object_outcome::failed;
        }
        for (const std::string_view each : page->prefixes) {
            if (each.size() > prefix.size() + 1 && each.starts_with(prefix) &&
                each.ends_with('/')) {
                out.emplace_back(each.substr(prefix.size(), each.size() - prefix.size() - 1));
            }
        }
        next = page->next;
    } while (!next.empty() && out.size() < core::catalogue::max_names);
    return object_outcome::done;
}

struct walk {
    object_asker& asker;
    const std::vector<core::layout_segment>& segments;
    std::vector<core::catalogue::ownership>& out;

    object_outcome visit(const std::string& prefix, std::size_t depth,
                         const core::catalogue::ownership& found) {
        if (depth == segments.size()) {
            out.push_back(found);
            return object_outcome::done;
        }
        const auto& segment = segments[depth];
        if (segment.what == core::placeholder::none) {
            return visit(prefix + segment.prefix + "/", depth + 1, found);
        }
        std::vector<std::string> names;
        auto outcome = list_names(asker, prefix, names);
        for (const auto& name : names) {
            const auto value = segment.match(name);
            if (outcome != object_outcome::done || out.size() >= core::catalogue::max_names) {
                break;
            }
            if (value) {
                auto below = found;
                if (segment.what == core::placeholder::trainer_id) {
                    below.trainer_id = *value;
                } else if (segment.what == core::placeholder::course_id) {
                    below.course_id = *value;
                }
                outcome = visit(prefix + name + "/", depth + 1, below);
            }
        }
        return outcome;
    }
};

} // namespace

object_asker::object_asker(http::object_origin& origin, std::function<bool()> is_over)
    : origin_(origin),
      client_(origin.secure(), std::move(is_over), {.counts = origin.connections()}) {}

const object_asker::answer& object_asker::ask(const request_maker& make) {
    last_ = send(make());
    if (last_.what == object_outcome::clock) {
        last_ = send(make());
    }
    return last_;
}

object_asker::answer object_asker::send(std::optional<http::outgoing> what) {
    answer got;
    if (!what) {
        return got;
    }
    std::optional<http::call_result<std::string>> arrived;
    const http::whole_call call(
        client_.calls(), *std::move(what),
        {.bytes = max_page_bytes, .time = std::chrono::seconds(30)},
        [&arrived](http::call_result<std::string> content) { arrived = std::move(content); });
    if (!client_.wait_for(arrived)) {
        got.what = object_outcome::unreachable;
        got.cause = "it did not answer in time";
    } else if (!*arrived) {
        got.cause = arrived->error().cause;
        got.what = origin_.judge(arrived->error());
    } else {
        got.what = origin_.judge(http::object_call::list, call.head(), **arrived);
        got.status = call.head().status();
        got.code = got.status < 300 ? std::string() : core::read_object_error(**arrived);
        got.region = call.head().field("x-amz-bucket-region").substr(0, 64);
        got.etag = call.head().field("ETag");
        got.content = std::move(**arrived);
    }
    return got;
}

const object_asker::answer& ask_for_key(object_asker& asker) {
    auto& origin = asker.origin();
    return asker.ask([&origin] {
        return origin.list_request({{"prefix", origin.with().prefix}, {"max-keys", "1"}});
    });
}

object_outcome list_courses(object_asker& asker, const std::vector<core::layout_segment>& segments,
                            std::vector<core::catalogue::ownership>& out) {
    if (segments.empty()) { // nothing to find; the bucket is looked at all the same
        return ask_for_key(asker).what;
    }
    return walk{asker, segments, out}.visit(asker.origin().with().prefix, 0, {});
}

} // namespace sluice::app
