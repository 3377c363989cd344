#include "app/commands/token_inspect.hpp"

#include "app/commands/token_command.hpp"
#include "core/json/json_text.hpp"
#include "core/text/timestamp.hpp"
#include "crypto/base64url.hpp"
#include "crypto/jws.hpp"

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <ostream>
#include <string>
#include <string_view>

namespace sluice::app {

namespace json = boost::json;

namespace {

using std::chrono::seconds;
using std::chrono::sys_seconds;

// 9999-12-31: a later time is certainly a mistake.
constexpr std::int64_t last_printable_time = 253'402'300'799;

/// The JSON object that `part` encodes; nullopt when it is not one.
std::optional<json::object> decode_part(std::string_view part) {
    const auto bytes = crypto::base64url_decode(part);
    if (!bytes) {
        return std::nullopt;
    }
    boost::system::error_code fault;
    auto value = json::parse(json::string_view(bytes->data(), bytes->size()), fault);
    if (fault || !value.is_object()) {
        return std::nullopt;
    }
    return std::move(value.get_object());
}

/// "2024-06-01 12:00:00 UTC".
std::string utc_text(sys_seconds when) {
    std::string text(core::date_time_size, '\0');
    core::put_date_time(when, ' ', text.data());
    return text + " UTC";
}

/// "2 d 3 h", "15 min", "0 s": the two largest units. REQUIRES: span >= 0.
std::string span_text(seconds span) {
    struct unit {
        std::int64_t length;
        std::string_view name;
    };
    constexpr std::array units{unit{86400, "d"}, unit{3600, "h"}, unit{60, "min"}, unit{1, "s"}};
    std::string out;
    std::int64_t left = span.count();
    int used = 0;
    for (const auto& each : units) {
        if (left >= each.length && used < 2) {
            out += (out.empty() ? "" : " ") + std::to_string(left / each.length) + " " +
                   std::string(each.name);
            left %= each.length;
            ++used;
        }
    }
    return out.empty() ? "0 s" : out;
}

void print_time(const json::object& claims, std::string_view name, sys_seconds now,
                std::ostream& out) {
    const auto* const claim = claims.if_contains(json::string_view(name.data(), name.size()));
    if (claim == nullptr) {
        return;
    }
    out << "  " << name << ": ";
    boost::system::error_code fault;
    const auto number = claim->is_number() ? claim->to_number<double>(fault) : -1.0;
    if (fault || !(number >= 0 && number <= static_cast<double>(last_printable_time))) {
        out << "not a time\n";
        return;
    }
    const auto whole = static_cast<std::int64_t>(number);
    const sys_seconds when{seconds(whole)};
    // `now` is in whole seconds: a time with a fraction has passed at the next second.
    const bool is_past = when < now || (when == now && static_cast<double>(whole) == number);
    out << utc_text(when) << (is_past ? ", " : ", in ")
        << span_text(is_past ? now - when : when - now) << (is_past ? " ago" : "");
    // RFC 7519 §4.1.4: the token has expired at exp itself.
    if (name == "exp") {
        out << (is_past ? ": EXPIRED" : ": not expired");
    } else if (name == "resume_until") {
        out << (is_past ? ": no download can be continued any more"
                        : ": until then a download that has begun may be continued");
    }
    out << '\n';
}

} // namespace

int inspect_token(const command_line& line, sys_seconds now, const terminal& streams) {
    const auto token = token_operand(line, streams);
    const auto first = token.find('.');
    const auto second = token.find('.', first == std::string::npos ? first : first + 1);
    std::optional<json::object> header;
    std::optional<json::object> claims;
    if (second != std::string::npos && token.size() <= crypto::max_token_bytes) {
        header = decode_part(std::string_view(token).substr(0, first));
        claims = decode_part(std::string_view(token).substr(first + 1, second - first - 1));
    }
    if (!header || !claims) {
        streams.err << "sluice: not a token: three parts of base64url with JSON in the first two "
                       "are expected\n";
        return exit_failure;
    }
    if (line.has("--json")) {
        streams.out << core::pretty_json(json::object{{"verified", false},
                                                      {"header", *std::move(header)},
                                                      {"claims", *std::move(claims)}})
                    << '\n';
        return exit_success;
    }
    streams.out << "NOT VERIFIED: no key was used. Anyone can write such a token.\n"
                << "(sluice token verify checks whether it is genuine.)\n\n"
                << "header " << core::pretty_json(*header) << "\n\n"
                << "claims " << core::pretty_json(*claims) << "\n\n"
                << "times, if it is genuine:\n";
    for (const std::string_view name : {"iat", "nbf", "exp", "resume_until"}) {
        print_time(*claims, name, now, streams.out);
    }
    if (claims->contains("owner")) {
        streams.out << "\nowner: the trainer of the course. If another trainer has a course of "
                       "this id, the token is rejected (403).\n";
    }
    return exit_success;
}

} // namespace sluice::app
