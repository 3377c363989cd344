#include "app/objects/object_check.hpp"

#include "app/objects/container_agent.hpp"
#include "app/objects/object_media.hpp"
#include "core/objects/object_xml.hpp"

#include <cstdlib>
#include <exception>
#include <optional>
#include <utility>

namespace sluice::app {

namespace {

using http::object_outcome;

constexpr unsigned range_not_satisfiable = 416; // of an empty object

std::string quoted(const object_asker::answer& got) {
    return got.code.empty() ? "" : " (" + got.code + ")";
}

std::string try_read(object_asker& asker, const core::origin_settings& settings,
                     std::string_view key) {
    const auto got = ask_for_byte(asker, key.substr(settings.prefix.size()));
    const bool is_good = got.what == object_outcome::done ||
                         got.what == object_outcome::missing; // deleted since the list
    return is_good ? std::string() : explain_refusal(got, settings, "read its objects");
}

} // namespace

prepared_origin prepare_origin(const core::origin_settings& from, const std::string& place,
                               std::chrono::milliseconds patience) {
    prepared_origin made;
    try {
        made.origin = make_object_origin(from, patience, [](const auto& /*problem*/) {});
    } catch (const std::exception& fault) {
        return {.fault = {place + ".s3.ca_file", fault.what()}, .is_of_settings = true};
    }
    std::string fault;
    if (const auto agent = find_container_agent(from, fault)) {
        auto answer = ask_container_agent(*agent, made.origin->time(), [] { return false; });
        made.origin->use(std::move(answer.by), answer.ends);
        made.fault = {place, std::move(answer.fault)};
    } else {
        made.fault = {place + ".s3.credentials_file",
                      fault.empty() ? give_credentials(from, *made.origin) : std::move(fault)};
        made.is_of_settings = true;
    }
    return made;
}

std::string explain_refusal(const object_asker::answer& got, const core::origin_settings& settings,
                            std::string_view right) {
    if (got.code == "InvalidObjectState") {
        return "the object is in an archive" + quoted(got) +
               ": restore it, and exempt the prefix from rules that archive";
    }
    switch (got.what) {
    case object_outcome::bucket:
    case object_outcome::missing:
        return "there is no bucket " + settings.bucket + " at " + settings.endpoint + quoted(got) +
               ": check s3.bucket and s3.endpoint";
    case object_outcome::credentials:
        return "the store does not accept the credentials" + quoted(got) +
               ": check the access key, its secret and its session token, and s3.region";
    case object_outcome::forbidden:
        return "the credentials are not valid, or may not " + std::string(right) + quoted(got) +
               ": grant s3:ListBucket, which finds the owners of courses, and s3:GetObject";
    case object_outcome::clock:
        return "the clock of this machine differs from the store's by more than it accepts" +
               quoted(got) + ": synchronise it";
    case object_outcome::region:
        return "the bucket is not in the region " + settings.region + quoted(got) +
               (got.region.empty() ? ": set s3.region" : ": set s3.region to " + got.region);
    case object_outcome::busy:
        return "the store asks for fewer requests" + quoted(got) + ": try again";
    case object_outcome::unreachable:
        return "the store at " + settings.endpoint + " cannot be reached: " + got.cause;
    default:
        return settings.endpoint + " answers " + std::to_string(got.status) + quoted(got) +
               ", which an S3 store does not: check s3.endpoint";
    }
}

std::string explain_clock(const http::object_origin& origin) {
    const auto offset = origin.clock_offset().count();
    if (offset == 0) {
        return {};
    }
    return "the clock of this machine is " + std::to_string(std::abs(offset)) + " s " +
           (offset > 0 ? "behind" : "ahead of") +
           " the store's, more than it accepts: synchronise it";
}

object_asker::answer ask_for_byte(object_asker& asker, std::string_view path) {
    auto got = asker.ask([&] {
        auto what = asker.origin().request(http::bhttp::verb::get, path);
        if (what) {
            what->fields.emplace_back("Range", "bytes=0-0");
        }
        return what;
    });
    if (got.status == range_not_satisfiable) {
        got.what = object_outcome::done;
    }
    return got;
}

std::string try_object_origin(const core::origin_settings& settings, http::object_origin& origin) {
    object_asker asker(origin, http::is_over_after(origin.with().patience * 2));
    const auto got = ask_for_key(asker);
    if (got.what == object_outcome::forbidden && settings.hides_missing) {
        return explain_clock(origin); // as s3.hides_missing says
    }
    if (got.what != object_outcome::done) {
        return explain_refusal(got, settings, "list the bucket");
    }
    const auto page = core::read_object_page(got.content);
    if (!page) {
        return settings.endpoint +
               " answers with something else than a list, which an S3 store does not: check "
               "s3.endpoint";
    }
    if (!page->first_key.starts_with(settings.prefix) || page->first_key.empty()) {
        return "the bucket " + settings.bucket + " has no object whose key begins with \"" +
               settings.prefix + "\": check s3.bucket and s3.prefix";
    }
    auto fault = try_read(asker, settings, page->first_key);
    return fault.empty() ? explain_clock(origin) : fault;
}

} // namespace sluice::app
