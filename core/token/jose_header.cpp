#include "core/token/jose_header.hpp"

#include "core/json/json_object_reader.hpp"
#include "crypto/base64url.hpp"

#include <algorithm>
#include <array>

namespace sluice::core {

namespace {

constexpr std::string_view our_algorithm = "HS256";
constexpr std::string_view our_type = "JWT";

} // namespace

std::string encode_jose_header(std::string_view kid) {
    std::string json;
    // The order of PyJWT, so that a token that PyJWT signs with this kid has exactly our header.
    json.append(R"({"alg":")").append(our_algorithm);
    json.append(R"(","kid":")").append(kid); // a key id needs no escapes
    json.append(R"(","typ":")").append(our_type).append(R"("})");
    return crypto::base64url_encode(json);
}

std::vector<std::string> encode_usual_headers(std::string_view kid) {
    const auto member = [](std::string_view name, std::string_view value) {
        return std::string("\"").append(name).append("\":\"").append(value).append("\"");
    };
    std::vector<std::string> headers;
    for (const bool has_type : {true, false}) {
        std::vector<std::string> members{member("alg", our_algorithm)};
        if (!kid.empty()) {
            members.push_back(member("kid", kid));
        }
        if (has_type) {
            members.push_back(member("typ", our_type));
        }
        do { // the members are sorted: this yields every order
            std::string json;
            for (const auto& one : members) {
                json.append(json.empty() ? "{" : ",").append(one);
            }
            headers.push_back(crypto::base64url_encode(json + "}"));
        } while (std::ranges::next_permutation(members).found);
    }
    return headers;
}

result<void> read_jose_header(std::string_view json, std::string& kid) {
    kid.clear();
    std::string alg;
    std::string typ;
    const std::array members{
        json_member{.name = "alg", .destination = &alg},
        json_member{.name = "kid", .destination = &kid},
        json_member{.name = "typ", .destination = &typ},
        json_member{.name = "crit", .destination = json_forbidden{}},
        json_member{.name = "b64", .destination = json_forbidden{}},
    };
    if (const auto read = read_json_object(json, members, errc::token_algorithm); !read) {
        return read;
    }
    if (alg != our_algorithm) {
        return failure{errc::token_algorithm, "alg"};
    }
    if (!typ.empty() && typ != our_type) {
        return failure{errc::token_algorithm, "typ"};
    }
    return {};
}

} // namespace sluice::core
