#include "core/issuer/issuer_key_file.hpp"

#include "core/files/secret_file.hpp"
#include "core/json/json_quote.hpp"
#include "core/json/operator_json.hpp"
#include "core/token/token_service.hpp"
#include "crypto/base64url.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <algorithm>
#include <array>
#include <utility>

namespace sluice::core {

namespace json = boost::json;

namespace {

constexpr std::int64_t longest_ttl = 365 * 86400; // as tokens.max_ttl and tokens.max_resume
constexpr std::int64_t highest_rate = 1'000'000;
constexpr std::int64_t latest_time = 253'402'300'799; // the end of year 9999

std::string_view view_of(const json::string& text) {
    return {text.data(), text.size()};
}

class key_reader {
  public:
    key_reader(std::string where, std::vector<operator_problem>& problems)
        : where_(std::move(where)), problems_(problems) {}

    issuer_key read(const json::value& value) {
        const auto* const entry = value.if_object();
        if (entry == nullptr) {
            complain("must be an object");
            return {};
        }
        read_names(*entry);
        for (const auto& member : *entry) {
            read_member({member.key().data(), member.key().size()}, member.value());
        }
        return std::move(key_);
    }

  private:
    void complain(std::string what) { problems_.push_back({where_, std::move(what)}); }

    void read_names(const json::object& entry) {
        const auto* const name = entry.if_contains("name");
        if (name == nullptr || !name->is_string() || !is_key_id(view_of(name->get_string()))) {
            complain("name must be a text of 1 to 64 letters, digits, dots, dashes or underscores");
        } else {
            key_.name = view_of(name->get_string());
        }
        const auto* const text = entry.if_contains("digest");
        const auto digest = text != nullptr && text->is_string()
                                ? crypto::base64url_decode(view_of(text->get_string()))
                                : std::nullopt;
        if (!digest || digest->size() != key_.digest.size()) {
            complain("digest must be the SHA-256 of the key in base64url, as sluice key writes it");
        } else {
            std::ranges::copy(*digest, key_.digest.begin());
        }
    }

    void read_member(std::string_view name, const json::value& value) {
        if (name == "types") {
            read_types(value);
        } else if (name == "trainers") {
            read_trainers(value);
        } else if (name == "max_ttl") {
            key_.max_ttl = std::chrono::seconds(read_number(name, value, 1, longest_ttl));
        } else if (name == "max_resume") {
            key_.max_resume = std::chrono::seconds(read_number(name, value, 0, longest_ttl));
        } else if (name == "rate") {
            key_.rate = static_cast<unsigned>(read_number(name, value, 1, highest_rate));
        } else if (name == "not_after") {
            key_.not_after = read_number(name, value, 0, latest_time);
        } else if (name == "created_at") {
            key_.created_at = read_number(name, value, 0, latest_time);
        } else if (name == "trust") {
            read_trust(value);
        } else if (name != "name" && name != "digest") {
            complain(printable(name) + " is no member of an issuer key");
        }
    }

    std::int64_t read_number(std::string_view name, const json::value& value, std::int64_t min,
                             std::int64_t max) {
        const auto* const number = value.if_int64();
        if (number == nullptr || *number < min || *number > max) {
            complain(std::string(name) + " must be a whole number, " + std::to_string(min) +
                     " to " + std::to_string(max));
            return min;
        }
        return *number;
    }

    void read_types(const json::value& value) {
        for (const auto& text : read_list("types", value)) {
            if (const auto kind = parse_media_kind(text)) {
                key_.types.push_back(*kind);
            } else {
                complain("types must be a list of lesson, course or module");
            }
        }
    }

    void read_trainers(const json::value& value) {
        key_.trainers = read_list("trainers", value);
        if (!std::ranges::all_of(key_.trainers, is_identifier)) {
            complain("trainers must be a list of trainer ids");
        }
    }

    // An empty list would look like "none" but mean "all".
    std::vector<std::string> read_list(std::string_view name, const json::value& value) {
        std::vector<std::string> list;
        const auto* const array = value.if_array();
        const bool good = array != nullptr && !array->empty() &&
                          std::ranges::all_of(*array, [](const auto& v) { return v.is_string(); });
        if (!good) {
            complain(std::string(name) +
                     " must be a list of texts that is not empty; leave it out to allow all");
            return list;
        }
        for (const auto& entry : *array) {
            list.emplace_back(view_of(entry.get_string()));
        }
        return list;
    }

    void read_trust(const json::value& value) {
        if (value == "trusted") {
            key_.trust = issuer_trust::trusted;
        } else if (value != "entitled") {
            complain("trust must be entitled or trusted");
        }
    }

    std::string where_;
    std::vector<operator_problem>& problems_;
    issuer_key key_;
};

void append_list(std::string_view name, const std::vector<std::string>& list, std::string& out) {
    if (list.empty()) {
        return;
    }
    out.append(",\n     \"").append(name).append("\": [");
    for (const auto& entry : list) {
        out += &entry == &list.front() ? "" : ", ";
        append_json_quoted(entry, out);
    }
    out += "]";
}

void append_number(std::string_view name, std::int64_t value, std::string& out) {
    out.append(",\n     \"").append(name).append("\": ").append(std::to_string(value));
}

void append_key(const issuer_key& key, std::string& out) {
    out.append("    {\"name\": \"").append(key.name).append("\",\n     \"digest\": \"");
    // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast)
    const auto* const digest = reinterpret_cast<const char*>(key.digest.data());
    crypto::base64url_append({digest, key.digest.size()}, out);
    out += "\"";
    std::vector<std::string> types;
    for (const auto kind : key.types) {
        types.emplace_back(name_of(kind));
    }
    append_list("types", types, out);
    append_list("trainers", key.trainers, out);
    if (key.max_ttl) {
        append_number("max_ttl", key.max_ttl->count(), out);
    }
    if (key.max_resume) {
        append_number("max_resume", key.max_resume->count(), out);
    }
    if (key.rate != 0) {
        append_number("rate", key.rate, out);
    }
    if (key.trust == issuer_trust::trusted) {
        out += ",\n     \"trust\": \"trusted\"";
    }
    if (key.not_after) {
        append_number("not_after", *key.not_after, out);
    }
    if (key.created_at) {
        append_number("created_at", *key.created_at, out);
    }
    out += "}";
}

} // namespace

std::vector<issuer_key> parse_issuer_keys(std::string_view text, const std::string& file,
                                          std::vector<operator_problem>& problems) {
    json::value document;
    std::string fault;
    if (!read_operator_json(text, document, fault)) {
        problems.push_back({file, std::move(fault)});
        return {};
    }
    const auto* const entries = key_list(document, true);
    if (entries == nullptr || entries->size() > max_issuer_keys) {
        problems.push_back(
            {file, "must hold one object whose only member is \"keys\", a list of at "
                   "most " +
                       std::to_string(max_issuer_keys)});
        return {};
    }
    std::vector<issuer_key> keys;
    for (std::size_t i = 0; i < entries->size(); ++i) {
        key_reader reader(file + ": key " + std::to_string(i + 1), problems);
        keys.push_back(reader.read((*entries)[i]));
    }
    return keys;
}

std::vector<issuer_key> load_issuer_keys(const std::string& path,
                                         std::vector<operator_problem>& problems) {
    trusted_text text;
    auto fault = read_trusted_file(path, file_secrecy::closed, max_issuer_file_bytes, text);
    if (!fault.empty()) {
        problems.push_back({path, std::move(fault)});
        return {};
    }
    return parse_issuer_keys(text.text, path, problems);
}

std::string issuer_keys_json(const std::vector<issuer_key>& keys) {
    std::string out = "{\n  \"keys\": [\n";
    for (const auto& key : keys) {
        out += &key == &keys.front() ? "" : ",\n";
        append_key(key, out);
    }
    return out += "\n  ]\n}\n";
}

} // namespace sluice::core
