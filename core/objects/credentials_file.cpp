#include "core/objects/credentials_file.hpp"

#include "core/files/secret_file.hpp"
#include "core/json/json_object_reader.hpp"
#include "core/text/ascii_case.hpp"
#include "core/text/trimmed.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

namespace sluice::core {

namespace {

constexpr std::size_t max_file_bytes = 65536; // a shared file may have many profiles
constexpr std::size_t max_id_bytes = 128;
constexpr std::size_t max_secret_bytes = 256;
constexpr std::size_t max_token_bytes =
    8192; // of the fields of one request, most stores take 8 KiB
constexpr std::string_view blanks = " \t\r";

// Without spaces and controls, so that it cannot break a field line.
bool is_visible(std::string_view text) {
    return std::ranges::all_of(text, [](char c) { return c > ' ' && c < '\x7f'; });
}

struct three_texts {
    wiped_text id;
    wiped_text secret;
    wiped_text token;
};

std::string read_json(std::string_view text, three_texts& out) {
    const std::array members{
        json_member{.name = "access_key_id", .destination = &out.id.text},
        json_member{.name = "secret_access_key", .destination = &out.secret.text},
        json_member{
            .name = "session_token", .destination = &out.token.text, .null_is_absent = true}};
    const auto read = read_json_object(text, members, errc::internal);
    if (read) {
        return {};
    }
    const auto member = std::string(read.error().subject);
    return member.empty() ? "is not a JSON object"
                          : "has a member \"" + member + "\" that is not a text, or is there twice";
}

// The values of the section [default]; text outside of it is another profile's.
void read_shared(std::string_view text, three_texts& out) {
    bool is_ours = false;
    while (!text.empty()) {
        const auto end = std::min(text.find('\n'), text.size());
        const auto line = trimmed(text.substr(0, end), blanks);
        text.remove_prefix(std::min(end + 1, text.size()));
        if (line.starts_with('[')) {
            is_ours = trimmed(line.substr(1, line.find(']') - 1), blanks) == "default";
        }
        const auto equals = line.find('=');
        if (!is_ours || equals == std::string_view::npos || line.starts_with('#') ||
            line.starts_with(';')) {
            continue;
        }
        const auto name = trimmed(line.substr(0, equals), blanks);
        const auto value = trimmed(line.substr(equals + 1), blanks);
        if (iequals(name, "aws_access_key_id")) {
            out.id.text = value;
        } else if (iequals(name, "aws_secret_access_key")) {
            out.secret.text = value;
        } else if (iequals(name, "aws_session_token")) {
            out.token.text = value;
        }
    }
}

} // namespace

std::string make_credentials(std::string_view id, std::string_view secret, std::string_view token,
                             object_credentials& out) {
    if (id.empty() || id.size() > max_id_bytes || !is_visible(id)) {
        return "has no usable access key id";
    }
    if (secret.empty() || secret.size() > max_secret_bytes || !is_visible(secret)) {
        return "has no usable secret access key";
    }
    if (token.size() > max_token_bytes || !is_visible(token)) {
        return "has a session token that is too long, or has spaces or controls";
    }
    out.access_key_id = id;
    out.secret_access_key = crypto::secret(secret);
    out.session_token = token;
    return {};
}

std::string parse_credentials(std::string_view text, object_credentials& out) {
    three_texts found;
    const auto start = text.find_first_not_of(" \t\r\n");
    if (start != std::string_view::npos && text[start] == '{') {
        if (auto fault = read_json(text, found); !fault.empty()) {
            return fault;
        }
    } else {
        read_shared(text, found);
        if (found.id.text.empty() && found.secret.text.empty()) {
            return "must be JSON with access_key_id and secret_access_key, or have a section "
                   "[default] with aws_access_key_id and aws_secret_access_key";
        }
    }
    return make_credentials(found.id.text, found.secret.text, found.token.text, out);
}

std::string read_credentials_file(const std::string& path, object_credentials& out) {
    trusted_text text;
    auto fault = read_trusted_file(path, file_secrecy::closed, max_file_bytes, text);
    return fault.empty() ? parse_credentials(text.text, out) : fault;
}

} // namespace sluice::core
