#include "core/config/config_listeners.hpp"

#include "core/config/json_setting.hpp"
#include "core/config/setting_value.hpp"
#include "core/text/nearest_name.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include <algorithm>
#include <array>

namespace sluice::core {

namespace json = boost::json;

namespace {

using l = listener_settings;

constexpr std::array<std::string_view, 4> proxy_protocols{"off", "v1", "v2", "any"};

constexpr std::array fields{
    text_setting<&l::address>("address",
                              "`host:port`, `unix:/path`, or `systemd:name`; always needed"),
    choice_setting<proxy_protocols, &l::proxy>(
        "proxy_protocol", "PROXY protocol header at the start of each connection"),
    list_setting<&l::proxy_from>("proxy_from", "CIDR blocks that may send it; empty: every peer"),
    boolean_setting<&l::dual_stack>("dual_stack", "`[::]` accepts IPv4 connections too"),
    boolean_setting<&l::reuse_port>(
        "reuse_port", "Other processes may listen on the same address (SO_REUSEPORT)"),
    text_setting<&l::mode>("mode", "Permissions of a unix socket, in octal"),
    number_setting<&l::backlog>("backlog", 1, 65535, "Connections that may wait to be accepted"),
    text_setting<&l::certificate>("certificate",
                                  "PEM file with the chain; makes it a TLS listener"),
    text_setting<&l::key>("key", "PEM file with the private key of the certificate"),
    number_setting<&l::hsts_max_age>(
        "hsts_max_age", 0, 63072000,
        "Seconds for Strict-Transport-Security, with a certificate; 0: not sent"),
};

class reader {
  public:
    explicit reader(std::vector<operator_problem>& problems) : problems_(problems) {}

    std::vector<listener_settings> read(const json::value& from) {
        const auto* const array = from.if_array();
        if (array == nullptr || array->size() > max_listeners) {
            complain("", "must be a list of at most " + std::to_string(max_listeners) +
                             " objects, each a listener");
            return {};
        }
        std::vector<listener_settings> listeners;
        for (const auto& entry : *array) {
            const auto index = listeners.size();
            read_entry(entry, listeners.emplace_back(), index);
        }
        return listeners;
    }

  private:
    void complain(std::string where, std::string what) {
        problems_.push_back({std::move(where), std::move(what)});
    }

    void read_entry(const json::value& from, listener_settings& to, std::size_t index) {
        const auto place = "[" + std::to_string(index) + "]";
        const auto* const object = from.if_object();
        if (object == nullptr) {
            complain(place, "must be an object");
            return;
        }
        for (const auto& member : *object) {
            const std::string_view name(member.key().data(), member.key().size());
            const auto* const field = std::ranges::find(fields, name, &listener_field::path);
            if (field == fields.end()) {
                complain(place + "." + printable(name),
                         "no such field of a listener" + suggestion(name, names()));
                continue;
            }
            const auto value = from_json(*field, member.value());
            if (auto objection = check(*field, value); !objection.empty()) {
                complain(place + "." + std::string(name), std::move(objection));
            } else {
                field->set(to, value);
            }
        }
    }

    static std::vector<std::string_view> names() {
        std::vector<std::string_view> all;
        for (const auto& field : fields) {
            all.push_back(field.path);
        }
        return all;
    }

    std::vector<operator_problem>& problems_;
};

} // namespace

std::span<const listener_field> listener_fields() noexcept {
    return fields;
}

std::vector<listener_settings> read_listeners(const json::value& from,
                                              std::vector<operator_problem>& problems) {
    return reader(problems).read(from);
}

std::vector<listener_settings> read_listeners(std::string_view text,
                                              std::vector<operator_problem>& problems) {
    return read_list(text, problems, &read_listeners);
}

json::value listeners_to_json(std::span<const listener_settings> from) {
    const listener_settings defaults;
    json::array list;
    for (const auto& each : from) {
        auto& object = list.emplace_back(json::object()).get_object();
        for (const auto& field : fields) {
            if (const auto value = field.get(each); value != field.get(defaults)) {
                object[json::string_view(field.path.data(), field.path.size())] =
                    to_json_value(value);
            }
        }
    }
    return list;
}

std::string listener_table() {
    return field_table<listener_settings>(fields, {});
}

} // namespace sluice::core
