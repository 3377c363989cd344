#include "core/config/config_origins.hpp"

#include "core/address/http_url.hpp"
#include "core/address/ip_address.hpp"
#include "core/config/json_setting.hpp"
#include "core/config/setting_value.hpp"
#include "core/text/ascii_class.hpp"
#include "core/text/nearest_name.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include <algorithm>
#include <array>
#include <filesystem>
#include <utility>

namespace sluice::core {

namespace json = boost::json;

namespace {

using o = origin_settings;
using origin_field = setting_row<origin_settings>;

constexpr std::array<std::string_view, 2> addressings{"path", "host"};

constexpr std::array fields{
    text_setting<&o::name>("name", "Names the origin in logs, metrics and messages; unique"),
    text_setting<&o::root>("root", "Directory that holds the media; this, or the fields of `s3`"),
    list_setting<&o::trainers>("trainers",
                               "Whose media the origin may have: ids of trainers, in which * "
                               "stands for any text"),
    text_setting<&o::layout_lesson>("layout.lesson",
                                    "Path of a lesson; empty: `media.layout.lesson`"),
    text_setting<&o::layout_course>("layout.course",
                                    "Path of a course presentation; empty: `media.layout.course`"),
    text_setting<&o::layout_module>("layout.module",
                                    "Path of a module presentation; empty: `media.layout.module`"),
    text_setting<&o::endpoint>("s3.endpoint", "URL of the store; a store needs it"),
    text_setting<&o::region>("s3.region", "Region that requests are signed for"),
    text_setting<&o::bucket>("s3.bucket", "Bucket that holds the media; a store needs it"),
    text_setting<&o::prefix>("s3.prefix", "Beginning of every key; empty, or ends with /"),
    choice_setting<addressings, &o::addressing>(
        "s3.addressing", "Where the bucket stands in a URL: endpoint/bucket, or bucket.endpoint"),
    text_setting<&o::credentials_file>("s3.credentials_file",
                                       "Path of the credentials; empty: AWS_ACCESS_KEY_ID and "
                                       "AWS_SECRET_ACCESS_KEY of the environment, or the agent "
                                       "of the container"),
    text_setting<&o::ca_file>(
        "s3.ca_file", "PEM file with the authorities of the store; empty: those of the system"),
    boolean_setting<&o::plain_http>(
        "s3.plain_http", "Allow http:// for a store on another machine: whoever is between can "
                         "read and change the media"),
    boolean_setting<&o::hides_missing>(
        "s3.hides_missing", "403 for an object means that it is missing, because the credentials "
                            "may not list the bucket"),
    number_setting<&o::buffer>("s3.buffer", 4096, 1048576,
                               "Bytes of each transfer that are read ahead of its client"),
    number_setting<&o::total_buffer>(
        "s3.total_buffer", 1048576, 2147483648,
        "Bytes of all transfers that are read ahead; beyond it, 4096 for each"),
    number_setting<&o::release_after>(
        "s3.release_after", 1, 55,
        "Seconds after which the connection to the store is closed for a client that takes "
        "nothing"),
    number_setting<&o::connect_timeout>("s3.connect_timeout", 1, 60,
                                        "Seconds to connect to the store, with TLS"),
    number_setting<&o::first_byte_timeout>(
        "s3.first_byte_timeout", 1, 300,
        "Seconds for the head of a response; then the request is repeated"),
    number_setting<&o::stall_timeout>(
        "s3.stall_timeout", 1, 300,
        "Seconds without a byte of a response; then the rest is requested again"),
};

constexpr std::array<std::string_view, 2> sections{"layout", "s3"}; // fields with a dot

std::string dotted(std::string_view section, std::string_view name) {
    return section.empty() ? std::string(name) : std::string(section) + "." + std::string(name);
}

class reader {
  public:
    explicit reader(std::vector<operator_problem>& problems) : problems_(problems) {}

    std::vector<origin_settings> read(const json::value& from) {
        const auto* const array = from.if_array();
        if (array == nullptr || array->size() > max_origins) {
            complain("", "must be a list of at most " + std::to_string(max_origins) +
                             " objects, the origins");
            return {};
        }
        std::vector<origin_settings> origins;
        for (const auto& entry : *array) {
            place_ = "[" + std::to_string(origins.size()) + "]";
            read_object(entry, "", origins.emplace_back());
        }
        return origins;
    }

  private:
    void complain(const std::string& where, std::string what) {
        problems_.push_back({place_ + where, std::move(what)});
    }

    void read_object(const json::value& from, std::string_view section, origin_settings& to) {
        const auto* const object = from.if_object();
        if (object == nullptr) {
            complain(section.empty() ? "" : "." + std::string(section), "must be an object");
            return;
        }
        for (const auto& member : *object) {
            const std::string_view name(member.key().data(), member.key().size());
            if (section.empty() && std::ranges::count(sections, name) > 0) {
                read_object(member.value(), name, to);
            } else {
                read_field(dotted(section, name), member.value(), to);
            }
        }
    }

    void read_field(const std::string& path, const json::value& from, origin_settings& to) {
        const auto where = "." + printable(path);
        const auto* const field = std::ranges::find(fields, path, &origin_field::path);
        if (field == fields.end()) {
            complain(where, objection_to(path));
            return;
        }
        const auto value = from_json(*field, from);
        if (auto objection = check(*field, value); !objection.empty()) {
            complain(where, std::move(objection));
        } else {
            field->set(to, value);
        }
    }

    static std::string objection_to(const std::string& path) {
        if (path.find("secret") != std::string::npos || path.find("access_key") == 3) {
            return "a secret does not belong in the configuration: use s3.credentials_file";
        }
        std::vector<std::string_view> known;
        for (const auto& field : fields) {
            known.push_back(field.path);
        }
        return "no such field of an origin" + suggestion(path, known);
    }

    std::vector<operator_problem>& problems_;
    std::string place_;
};

bool has_store(const origin_settings& one) {
    const origin_settings defaults;
    return std::ranges::any_of(fields, [&](const auto& field) {
        return field.path.starts_with("s3.") && field.get(one) != field.get(defaults);
    });
}

constexpr std::size_t max_name_bytes = 64;
constexpr std::size_t max_prefix_bytes = 512; // of the 1024 bytes of a key
constexpr std::size_t min_bucket_bytes = 3;
constexpr std::size_t max_bucket_bytes = 255; // old buckets; new ones have at most 63
constexpr std::size_t max_label_bytes = 63;   // of a host name

bool is_word(std::string_view text, std::string_view marks) {
    return !text.empty() && std::ranges::all_of(text, [marks](char c) {
        return is_ascii_alphanumeric(c) || marks.find(c) != std::string_view::npos;
    });
}

std::string objection_to_endpoint(const origin_settings& one) {
    if (one.endpoint.empty()) {
        return "is required: the URL of the store, such as https://s3.eu-west-3.amazonaws.com";
    }
    std::string fault;
    const auto url = parse_http_url(one.endpoint, fault);
    if (!url) {
        return fault;
    }
    if (url->target != "/") {
        return "must not have a path or a query: the bucket and the prefix have settings of their "
               "own";
    }
    if (!url->is_secure && !url->is_loopback() && !one.plain_http) {
        return "must begin with https://: whoever is between can read and change the media; set "
               "plain_http to true if the network up to the store is trusted";
    }
    if (!url->is_secure && !one.ca_file.empty()) {
        return "must begin with https:// where ca_file is set";
    }
    if (one.addressing == bucket_addressing::host && parse_ip_address(url->host)) {
        return "is an address, and the name of the bucket cannot stand before it: set addressing "
               "to path";
    }
    return {};
}

std::string objection_to_bucket(const origin_settings& one) {
    if (one.bucket.empty()) {
        return "is required: the bucket that holds the media";
    }
    if (one.bucket.size() < min_bucket_bytes || one.bucket.size() > max_bucket_bytes ||
        !is_word(one.bucket, "-._") || one.bucket.front() == '.') {
        return "must be the name of a bucket: 3 to 255 letters, digits, hyphens, dots and "
               "underscores";
    }
    const bool is_label = one.bucket.size() <= max_label_bytes && is_word(one.bucket, "-");
    if (one.addressing == bucket_addressing::host && !is_label) {
        return "cannot stand in a host name: set addressing to path";
    }
    return {};
}

std::string objection_to_prefix(std::string_view prefix) {
    if (prefix.size() > max_prefix_bytes) {
        return "must not be longer than " + std::to_string(max_prefix_bytes) + " bytes";
    }
    if (!prefix.empty() && (!prefix.ends_with('/') || prefix.starts_with('/'))) {
        return "must end with / and not begin with it: \"media/\"";
    }
    return {};
}

void check_origin(const origin_settings& one, const std::string& place,
                  std::vector<operator_problem>& out) {
    const auto add = [&](std::string_view field, std::string what) {
        if (!what.empty()) {
            out.push_back({place + std::string(field), std::move(what)});
        }
    };
    if (one.name.size() > max_name_bytes || !is_word(one.name, "-_.")) {
        add(".name", "must be 1 to 64 letters, digits, hyphens, dots and underscores");
    }
    if (one.trainers.empty() || std::ranges::count(one.trainers, "") > 0) {
        add(".trainers", "must name a trainer in each entry, and have one at least: [\"*\"] stands "
                         "for all trainers");
    }
    if (!one.root.empty() || !has_store(one)) {
        add("", one.root.empty() ? "needs root or s3: a directory, or an object store"
                : has_store(one) ? "has root and s3: make two origins of them"
                                 : "");
        return;
    }
    if (one.region.size() > max_name_bytes || !is_word(one.region, "-_")) {
        add(".s3.region", "must be the name of a region, such as eu-west-3");
    }
    add(".s3.endpoint", objection_to_endpoint(one));
    add(".s3.bucket", objection_to_bucket(one));
    add(".s3.prefix", objection_to_prefix(one.prefix));
}

/// The text with which the place of every file of the origin begins.
std::string location_of(const origin_settings& one) {
    if (one.root.empty()) {
        std::string unused;
        const auto url = parse_http_url(one.endpoint, unused); // one spelling of each store
        const auto store = url ? url->host + ":" + std::to_string(url->port) : one.endpoint;
        return store + "/" + one.bucket + "/" + one.prefix;
    }
    auto path = std::filesystem::path(one.root).lexically_normal().string();
    return path.ends_with('/') ? path : path + "/";
}

/// Problems of number `i` with those before it.
void check_beside(const config::media_section& media, std::size_t i,
                  std::vector<operator_problem>& out) {
    const auto& one = media.origins[i];
    const auto here = location_of(one);
    const auto place = origin_place(media, i);
    for (std::size_t before = 0; before < i; ++before) {
        const auto& other = media.origins[before];
        const auto there = location_of(other);
        if (one.name == other.name) {
            out.push_back({place + ".name", "must differ from that of " +
                                                origin_place(media, before) +
                                                ": logs and metrics tell origins by their names"});
        }
        // Layouts are kept apart within an origin only (media_layout::combine).
        if (here.starts_with(there) || there.starts_with(here)) {
            out.push_back({place, "shares its place with " + origin_place(media, before) +
                                      ": an id in a path of one could be a folder of the other"});
        }
    }
}

} // namespace

std::vector<origin_settings> read_origins(const json::value& from,
                                          std::vector<operator_problem>& problems) {
    return reader(problems).read(from);
}

std::vector<origin_settings> read_origins(std::string_view text,
                                          std::vector<operator_problem>& problems) {
    return read_list(text, problems, &read_origins);
}

json::value origins_to_json(std::span<const origin_settings> from) {
    const origin_settings defaults;
    json::array list;
    for (const auto& each : from) {
        auto& object = list.emplace_back(json::object()).get_object();
        for (const auto& field : fields) {
            if (auto value = field.get(each); value != field.get(defaults)) {
                put_json(object, field.path, to_json_value(value));
            }
        }
    }
    return list;
}

std::string origin_table() {
    return field_table<origin_settings>(fields, {});
}

void check_origins(const config& settings, std::vector<operator_problem>& out) {
    const auto& origins = settings.media.origins;
    if (!origins.empty() && !settings.media.root.empty()) {
        out.push_back({"media.origins", "takes the place of media.root: set one of the two"});
    }
    for (std::size_t i = 0; i < origins.size(); ++i) {
        check_origin(origins[i], origin_place(settings.media, i), out);
        check_beside(settings.media, i, out);
    }
}

std::vector<origin_settings> all_origins(const config::media_section& media) {
    auto all = media.origins;
    if (all.empty() && !media.root.empty()) {
        auto& one = all.emplace_back();
        one.name = "media";
        one.root = media.root;
    }
    for (auto& one : all) {
        for (const auto& [own, common] : {std::pair{&one.layout_lesson, &media.layout_lesson},
                                          std::pair{&one.layout_course, &media.layout_course},
                                          std::pair{&one.layout_module, &media.layout_module}}) {
            if (own->empty()) {
                *own = *common;
            }
        }
    }
    return all;
}

std::string origin_place(const config::media_section& media, std::size_t i) {
    return media.origins.empty() ? "media" : "media.origins[" + std::to_string(i) + "]";
}

} // namespace sluice::core
