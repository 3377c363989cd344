// From exp on, and whatever a request looks like, only one form of it gets a byte of the file, and
// only until resume_until: generated requests through whole sessions, with the product's handler.

#include "core/media/catalogue.hpp"
#include "http/handlers/download_handler.hpp"
#include "test/support/layouts.hpp"
#include "test/support/session_fixture.hpp"
#include "test/support/token_forge.hpp"

#include <boost/test/unit_test.hpp>

#include <fcntl.h>
#include <sys/stat.h>

#include <array>
#include <memory>
#include <random>
#include <regex>
#include <string>
#include <string_view>
#include <vector>

using namespace sluice::test;
using namespace std::chrono_literals;
namespace core = sluice::core;
namespace http = sluice::http;

namespace {

constexpr std::size_t size = 1000; // of the file
constexpr std::string_view own = "/download2/t/c/m/l/Video.mp4";
constexpr std::string_view foreign = "/download2/t/c/m/l/Other.mp4";

std::string content() {
    std::string bytes(size, '\0');
    for (std::size_t i = 0; i < size; ++i) {
        bytes[i] = static_cast<char>('A' + i * 7 % 26);
    }
    return bytes;
}

/// A site with one lesson, its revocations, and sessions in memory.
struct world : fixture {
    world() {
        for (const auto* name : {"t/c/m/l/Video.mp4", "t/c/m/l/Other.mp4"}) {
            dir.write_file(name, content());
            const std::array<timespec, 2> long_ago{{{1'600'000'000, 0}, {1'600'000'000, 0}}};
            ::utimensat(AT_FDCWD, dir.path(name).c_str(), long_ago.data(), 0);
        }
        limits.header.header_bytes = 4000;
        limits.header.header_fields = 30;
        limits.cache = {.files = 10, .lifetime = 1h};
        table = {{"/download2/*/*/*/*/*", route_label::download, &downloads}};
        routes.emplace(table);
        server.emplace(make_site(), &log);
        const core::revocation one{.kind = core::revocation_kind::token, .subject = "revoked"};
        const core::revocation two{.kind = core::revocation_kind::user, .subject = "banned"};
        BOOST_REQUIRE((revoked->add(one) && revoked->add(two)));
        server->revoke(revoked);
        poll();
    }

    /// The whole answer to one request.
    std::string ask(const std::string& text) {
        auto client = connect(text);
        return received(client);
    }

    core::media_store store{dir.path("")};
    core::media_layout layout = sluice::test::default_layout();
    core::catalogue courses{store, layout.course.course_directory()};
    core::course_owners owners{{&courses}};
    core::media_library library{{{.layout = layout, .store = &store}}, owners};
    core::key_ring ring = two_keys();
    core::token_service tokens{ring, {}};
    user_transfers users;
    core::peer_rates rates;
    bad_credentials bad{rates, {}};
    download_handler downloads{
        core::media_kind::lesson,
        {tokens, {.library = library, .keep = nullptr}, true, {}, bad, users}};
    std::shared_ptr<core::revocation_table> revoked =
        std::make_shared<core::revocation_table>(sluice::crypto::siphash_key{1, 2}, 10);
};

/// Where the clock stands between exp and resume_until.
enum class phase { before_exp, in_window, at_the_end, long_after, no_window };

struct bearer {
    std::string token;
    bool is_signed; // by a key in use
    bool is_sound;  // and not revoked, nor of a banned user
};

bearer bearer_of(phase when, unsigned flaw) {
    std::string times;
    switch (when) {
    case phase::before_exp:
        times = R"("exp":1700000001,"resume_until":1700000100)";
        break;
    case phase::in_window:
        times = R"("exp":1700000000,"resume_until":1700000000.5)";
        break;
    case phase::at_the_end:
        times = R"("exp":1699990000,"resume_until":1.7e9)";
        break;
    case phase::long_after:
        times = R"("exp":1600000000,"resume_until":1600000900)";
        break;
    case phase::no_window:
        times = R"("exp":1700000000)";
        break;
    }
    const bool is_revoked = flaw == 1;
    const bool is_banned = flaw == 2;
    const bool has_no_key = flaw == 3;
    const auto payload =
        std::string(R"({"type":"lesson","filename":"Video.mp4","rel":"t/c/m/l",)") +
        R"("user_id":")" + (is_banned ? "banned" : "u") + "\"," + times + R"(,"jti":")" +
        (is_revoked ? "revoked" : "j") + "\"}";
    return {forge(R"({"alg":"HS256","typ":"JWT"})", payload,
                  has_no_key ? stranger_secret : newest_secret),
            !has_no_key, !is_revoked && !is_banned && !has_no_key};
}

class generator {
  public:
    explicit generator(unsigned seed) : random_(seed) {}

    unsigned below(unsigned limit) { return static_cast<unsigned>(random_() % limit); }

    std::string number() {
        static const std::array<std::string, 12> odd{"0",
                                                     "00",
                                                     "1",
                                                     "999",
                                                     "1000",
                                                     "1001",
                                                     "007",
                                                     "0001",
                                                     "18446744073709551615",
                                                     "18446744073709551616",
                                                     "99999999999999999999999999",
                                                     "9223372036854775808"};
        return below(2) == 0 ? odd[below(odd.size())] : std::to_string(below(1200));
    }

    /// A range-spec of any kind, mostly well-formed.
    std::string spec() {
        switch (below(8)) {
        case 0:
            return "-" + number();
        case 1:
            return number();
        case 2:
            return "-";
        case 3:
            return number() + " - " + number();
        case 4:
        case 5:
            return number() + "-" + number();
        default:
            return number() + "-";
        }
    }

    std::string range() {
        static const std::array<std::string, 6> units{
            "bytes=", "Bytes=", "BYTES=", "items=", "bytes", "bytes ="};
        auto text = below(4) == 0 ? units[below(units.size())] : units[0];
        const auto count = below(4) == 0 ? below(4) : 1;
        for (unsigned i = 0; i < count; ++i) {
            text += (i == 0 ? "" : below(2) == 0 ? "," : ", ") + spec();
        }
        return below(16) == 0 ? text + "," : text;
    }

    /// A value for a field that takes tags, or dates.
    std::string validator(const std::string& tag) {
        static const std::array<std::string, 5> dates{
            "Sun, 13 Sep 2020 12:26:40 GMT", // of the file
            "Sun, 13 Sep 2020 12:26:41 GMT", "Sun, 13 Sep 2015 12:26:40 GMT",
            "Fri, 01 Jan 2100 00:00:00 GMT", "yesterday"};
        switch (below(7)) {
        case 0:
        case 1:
            return tag;
        case 2:
            return "W/" + tag;
        case 3:
            return "\"another\"";
        case 4:
            return "*";
        case 5:
            return tag + ", \"another\"";
        default:
            return dates[below(dates.size())];
        }
    }

  private:
    std::mt19937 random_;
};

struct wish {
    std::string method;
    std::vector<std::string> ranges;
    std::string fields; // the others
    bool is_own = true;
};

wish make_wish(generator& by, const std::string& tag) {
    wish made;
    static const std::array<std::string, 6> methods{"GET", "GET", "GET", "HEAD", "OPTIONS", "POST"};
    made.method = methods[by.below(methods.size())];
    made.is_own = by.below(8) != 0;
    const auto count = by.below(8) == 0 ? by.below(3) : 1;
    for (unsigned i = 0; i < count; ++i) {
        made.ranges.push_back(by.range());
    }
    for (const auto* name :
         {"If-Range", "If-Match", "If-None-Match", "If-Modified-Since", "If-Unmodified-Since"}) {
        if (by.below(4) == 0) {
            made.fields += std::string(name) + ": " + by.validator(tag) + "\r\n";
        }
    }
    return made;
}

std::string request_of(const wish& wanted, const std::string& token) {
    auto text = wanted.method + " " + std::string(wanted.is_own ? own : foreign) +
                " HTTP/1.1\r\nHost: h\r\nConnection: close\r\nAuthorization: Bearer " + token +
                "\r\n" + wanted.fields;
    for (const auto& range : wanted.ranges) {
        text += "Range: " + range + "\r\n";
    }
    return text + "\r\n";
}

/// The rule of docs/api.md, written down once more. The session rejects a repeated Range (400).
bool is_resume(const wish& wanted) {
    static const std::regex form("[bB][yY][tT][eE][sS]=0*([1-9][0-9]*)-(0*([0-9]*))");
    std::smatch parts;
    if ((wanted.method != "GET" && wanted.method != "HEAD") || wanted.ranges.size() != 1 ||
        !std::regex_match(wanted.ranges.front(), parts, form)) {
        return false;
    }
    const auto first = parts[1].str();
    const auto last = parts[3].str();
    return parts[2].length() == 0 || last.size() > first.size() ||
           (last.size() == first.size() && last >= first);
}

unsigned status_of(const std::string& answer) {
    return static_cast<unsigned>(std::stoul(answer.substr(9, 3)));
}

std::string body_of(const std::string& answer) {
    return answer.substr(answer.find("\r\n\r\n") + 4);
}

std::string etag_of(world& with) {
    const auto token = bearer_of(phase::before_exp, 0).token;
    const auto answer = with.ask(request_of({.method = "HEAD", .ranges = {}, .fields = {}}, token));
    const auto at = answer.find("ETag: ") + 6;
    BOOST_REQUIRE(status_of(answer) == 200U);
    return answer.substr(at, answer.find("\r\n", at) - at);
}

} // namespace

BOOST_AUTO_TEST_SUITE(resume_window)

BOOST_AUTO_TEST_CASE(no_other_form_of_a_request_gets_a_byte) {
    world with;
    const auto tag = etag_of(with);
    generator by(20261128);
    std::array<unsigned, 600> seen{}; // statuses of admitted requests
    for (int i = 0; i < 6000; ++i) {
        const auto when = static_cast<phase>(by.below(5));
        const auto flaw = by.below(3) == 0 ? by.below(4) : 0;
        const auto wanted = make_wish(by, tag);
        const auto [token, is_signed, is_sound] = bearer_of(when, flaw);
        const auto text = request_of(wanted, token);
        const auto before = with.server->count().resumes_after_expiry.value();
        const auto answer = with.ask(text);
        const auto status = status_of(answer);
        const bool is_admitted =
            is_sound && wanted.is_own && when == phase::in_window && is_resume(wanted);
        const auto counted = with.server->count().resumes_after_expiry.value() - before;
        BOOST_TEST_CONTEXT(text << "\nphase " << static_cast<int>(when) << " flaw " << flaw << "\n"
                                << answer.substr(0, 400)) {
            if (when == phase::before_exp) {
                BOOST_TEST(counted == 0U);
                continue;
            }
            if (!is_admitted) {
                // No form of the file: neither its bytes nor that they exist.
                BOOST_TEST((status == 401 || status == 400 || status == 403 || status == 405 ||
                            status == 204));
                BOOST_TEST(answer.find("Content-Range") == std::string::npos);
                BOOST_TEST(answer.find("ETag") == std::string::npos);
                BOOST_TEST((status != 403 || (is_signed && when == phase::in_window &&
                                              !wanted.is_own && is_resume(wanted))));
                BOOST_TEST(counted == 0U);
                continue;
            }
            ++seen[status];
            // 401 is for what would have been 200: an If-Range that fails.
            BOOST_TEST((status == 206 || status == 304 || status == 401 || status == 412 ||
                        status == 416));
            BOOST_TEST(counted == (status == 401 ? 0U : 1U));
            if (status == 401) {
                const bool says_so =
                    answer.find("urn:sluice:problem:token-expired") != std::string::npos;
                BOOST_TEST((says_so || wanted.method == "HEAD"));
                BOOST_TEST((wanted.fields.find("If-Range") != std::string::npos ||
                            wanted.fields.find("If-Unmodified-Since") != std::string::npos));
            }
            if (status == 206) {
                const auto first = std::stoull(wanted.ranges.front().substr(6));
                BOOST_TEST(answer.find("Content-Range: bytes " + std::to_string(first) + "-") !=
                           std::string::npos);
                const auto body = body_of(answer);
                BOOST_TEST(body.empty() == (wanted.method == "HEAD"));
                BOOST_TEST(body == content().substr(first, body.size()));
            }
        }
    }
    for (const auto status : {206U, 304U, 401U, 412U, 416U}) {
        BOOST_TEST(seen[status] > 0U, status << " occurred " << seen[status] << " times");
    }
}

// The log line of a request that only the window admitted, and of its neighbours.
BOOST_AUTO_TEST_CASE(the_log_says_so) {
    world with;
    const auto line_of = [&](phase when, const std::string& range) {
        with.log.text.clear();
        with.ask(request_of({.method = "GET", .ranges = {range}, .fields = {}},
                            bearer_of(when, 0).token));
        return with.log.text;
    };
    const std::string mark = R"("admitted_by":"resume_window")";
    BOOST_TEST(line_of(phase::in_window, "bytes=10-19").find(mark) != std::string::npos);
    BOOST_TEST(line_of(phase::in_window, "bytes=1000-").find(mark) != std::string::npos); // 416
    BOOST_TEST(line_of(phase::in_window, "bytes=0-19").find(mark) == std::string::npos);
    BOOST_TEST(line_of(phase::before_exp, "bytes=10-19").find(mark) == std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
