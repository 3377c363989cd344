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

namespace sluice::core {

namespace json = boost::json;

namespace {

using o = origin_settings;
using origin_field = setting_row<origin_settings>;

constexpr std::array<std::string_view, 2> addressings{"path", "host"};

constexpr std::array fields{
    text_setting<&o::name>("name", "Names the origin in logs and metrics"),
    text_setting<&o::endpoint>("s3.endpoint", "URL of the store; always needed"),
    text_setting<&o::region>("s3.region", "Region that requests are signed for"),
    text_setting<&o::bucket>("s3.bucket", "Bucket that holds the media; always needed"),
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
};

std::string dotted(std::string_view section, std::string_view name) {
    return section.empty() ? std::string(name) : std::string(section) + "." + std::string(name);
}

class reader {
  public:
    explicit reader(std::vector<operator_problem>& problems) : problems_(problems) {}

    std::vector<origin_settings> read(const json::value& from) {
        const auto* const array = from.if_array();
        if (array == nullptr || array->size() > max_origins) {
            complain("", "must be a list of one object, an origin: several are not supported yet");
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
            if (section.empty() && name == "s3") {
                read_object(member.value(), "s3", to);
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
        if (path == "root") {
            return "is not supported in an origin yet: set media.root instead of media.origins";
        }
        if (path == "layout" || path == "trainers") {
            return "is not supported in an origin yet; media.layout applies, and the one origin "
                   "holds all trainers";
        }
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
    if (one.region.size() > max_name_bytes || !is_word(one.region, "-_")) {
        add(".s3.region", "must be the name of a region, such as eu-west-3");
    }
    add(".s3.endpoint", objection_to_endpoint(one));
    add(".s3.bucket", objection_to_bucket(one));
    add(".s3.prefix", objection_to_prefix(one.prefix));
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
    constexpr std::string_view section = "s3.";
    const origin_settings defaults;
    json::array list;
    for (const auto& each : from) {
        auto& object = list.emplace_back(json::object()).get_object();
        object["s3"].emplace_object();
        for (const auto& field : fields) {
            if (const auto value = field.get(each); value != field.get(defaults)) {
                const bool is_inner = field.path.starts_with(section);
                const auto name = field.path.substr(is_inner ? section.size() : 0);
                auto& into = is_inner ? object["s3"].get_object() : object;
                into[json::string_view(name.data(), name.size())] = to_json_value(value);
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
        check_origin(origins[i], "media.origins[" + std::to_string(i) + "]", out);
    }
}

} // namespace sluice::core
