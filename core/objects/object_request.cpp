#include "core/objects/object_request.hpp"

#include "core/text/append_all.hpp"
#include "core/text/decimal.hpp"
#include "core/text/percent.hpp"
#include "crypto/hmac_sha256.hpp"
#include "crypto/sha256.hpp"

#include <algorithm>
#include <array>

namespace sluice::core {

namespace {

// SHA-256 of nothing: none of the requests has content.
constexpr std::string_view empty_content =
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
constexpr std::string_view algorithm = "AWS4-HMAC-SHA256";
constexpr std::size_t day_size = 8; // of "20260102"

template <class Bytes>
std::string hex_of(const Bytes& bytes) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text;
    for (const unsigned char byte : bytes) {
        text += digits[byte >> 4U];
        text += digits[byte & 0x0FU];
    }
    return text;
}

// "20260102T030405Z"
std::string stamp_of(std::chrono::sys_seconds time) {
    const auto day = std::chrono::floor<std::chrono::days>(time);
    const std::chrono::year_month_day date(day);
    const std::chrono::hh_mm_ss clock(time - day);
    std::array<char, 16> text{};
    char* at = put_padded(static_cast<unsigned>(static_cast<int>(date.year())), 4, text.data());
    at = put_padded(static_cast<unsigned>(date.month()), 2, at);
    at = put_padded(static_cast<unsigned>(date.day()), 2, at);
    *at++ = 'T';
    at = put_padded(static_cast<unsigned>(clock.hours().count()), 2, at);
    at = put_padded(static_cast<unsigned>(clock.minutes().count()), 2, at);
    at = put_padded(static_cast<unsigned>(clock.seconds().count()), 2, at);
    *at++ = 'Z';
    return {text.data(), at};
}

std::string_view view_of(const crypto::mac_tag& tag) noexcept {
    return {reinterpret_cast<const char*>(tag.data()), tag.size()};
}

crypto::mac_tag mac(std::string_view key, std::string_view message) {
    return crypto::hmac_key::make_of_any_size(key).mac(message);
}

// The key of one day, region and service, derived step by step.
crypto::mac_tag derive_key(std::string_view secret, std::string_view day, std::string_view region) {
    std::string first = "AWS4";
    first += secret;
    auto key = mac(first, day);
    crypto::wipe(first.data(), first.size());
    for (const auto part : {region, std::string_view("s3"), std::string_view("aws4_request")}) {
        key = mac(view_of(key), part);
    }
    return key;
}

} // namespace

std::string object_path(std::string_view bucket, std::string_view key) {
    std::string path = "/";
    if (!bucket.empty()) {
        append_percent_encoded(bucket, path);
        path += '/';
    }
    return path + percent_encoded_path(key);
}

std::string object_query(std::vector<std::pair<std::string, std::string>> parameters) {
    for (auto& [name, value] : parameters) {
        std::string encoded;
        append_percent_encoded(name, encoded);
        name = std::exchange(encoded, {});
        append_percent_encoded(value, encoded);
        value = std::move(encoded);
    }
    std::ranges::sort(parameters);
    std::string query;
    for (const auto& [name, value] : parameters) {
        append_all(query, query.empty() ? "" : "&", name, "=", value);
    }
    return query;
}

object_fields sign_object_request(const object_request& what, const object_credentials& by) {
    const auto stamp = stamp_of(what.time);
    const auto day = std::string_view(stamp).substr(0, day_size);
    std::string names = "host;x-amz-content-sha256;x-amz-date";
    std::string request;
    append_all(request, what.method, "\n", what.path, "\n", what.query, "\nhost:", what.host,
               "\nx-amz-content-sha256:", empty_content, "\nx-amz-date:", stamp, "\n");
    if (!by.session_token.empty()) {
        names += ";x-amz-security-token";
        append_all(request, "x-amz-security-token:", by.session_token, "\n");
    }
    append_all(request, "\n", names, "\n", empty_content);

    std::string scope;
    append_all(scope, day, "/", what.region, "/s3/aws4_request");
    std::string text;
    append_all(text, algorithm, "\n", stamp, "\n", scope, "\n", hex_of(crypto::sha256(request)));
    auto key = derive_key(by.secret_access_key.reveal(), day, what.region);
    const auto signature = hex_of(mac(view_of(key), text));
    crypto::wipe(key.data(), key.size());

    object_fields fields{{"X-Amz-Content-Sha256", std::string(empty_content)},
                         {"X-Amz-Date", stamp}};
    if (!by.session_token.empty()) {
        fields.emplace_back("X-Amz-Security-Token", by.session_token);
    }
    std::string credential;
    append_all(credential, algorithm, " Credential=", by.access_key_id, "/", scope,
               ",SignedHeaders=", names, ",Signature=", signature);
    fields.emplace_back("Authorization", std::move(credential));
    return fields;
}

} // namespace sluice::core
