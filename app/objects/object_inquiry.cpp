#include "app/objects/object_inquiry.hpp"

#include "app/objects/object_check.hpp"
#include "core/objects/object_version.hpp"

#include <chrono>
#include <utility>

namespace sluice::app {

namespace {

using http::object_outcome;

constexpr std::chrono::seconds longest{60}; // of all requests together
constexpr unsigned partial_content = 206;

/// False for a version that a service does not serve.
bool has_strong_tag(const object_asker::answer& got, const http::object_origin& origin) {
    return core::describe_object(0, got.etag, {}, origin.time().wall_seconds()).has_value();
}

} // namespace

object_inquiry::object_inquiry(const core::origin_settings& settings, const std::string& place,
                               std::chrono::milliseconds patience)
    : settings_(settings) {
    auto made = prepare_origin(settings, place, patience);
    origin_ = std::move(made.origin);
    const auto& [where, what] = made.fault;
    if (what.empty()) {
        asker_.emplace(*origin_, http::is_over_after(longest));
    } else {
        objection_ =
            "the store cannot be asked: " + (made.is_of_settings ? where + ": " : "") + what;
    }
}

std::string object_inquiry::list(const std::vector<core::layout_segment>& segments,
                                 core::catalogue& courses) {
    if (!asker_) {
        return objection_;
    }
    std::vector<core::catalogue::ownership> found;
    const auto outcome = list_courses(*asker_, segments, found);
    if (outcome == object_outcome::done) {
        courses.replace(found);
        return {};
    }
    auto why = asker_->last();
    why.what = outcome; // a list that cannot be read came with status 200
    return explain_refusal(why, settings_, "list the bucket");
}

object_inquiry::answer object_inquiry::find(std::string_view path) {
    if (!asker_) {
        return {.fault = objection_};
    }
    const auto got = ask_for_byte(*asker_, path);
    if (got.what == object_outcome::done) {
        return {.is_there = true,
                .fault = got.status == partial_content && !has_strong_tag(got, *origin_)
                             ? "the store gives the object no strong ETag, so it is not served"
                             : ""};
    }
    if (got.what == object_outcome::missing ||
        (got.what == object_outcome::forbidden && settings_.hides_missing)) {
        return {};
    }
    auto fault = explain_refusal(got, settings_, "read its objects");
    if (got.what == object_outcome::forbidden) {
        fault += ". Or the object is missing: some stores say 403 then, if the credentials may not "
                 "list the bucket (s3.hides_missing)";
    }
    return {.fault = std::move(fault)};
}

std::string object_inquiry::remark() const {
    return origin_ == nullptr ? std::string() : explain_clock(*origin_);
}

} // namespace sluice::app
