#include "core/objects/container_credentials.hpp"

#include <boost/test/unit_test.hpp>

namespace {

using namespace sluice::core;
using namespace std::chrono_literals;
using std::chrono::sys_seconds;

constexpr sys_seconds now{1767225600s}; // 2026-01-01T00:00:00Z

std::string body(const std::string& expiration) {
    return R"({"AccessKeyId":"AK","SecretAccessKey":"hush","Token":"t==","Expiration":)" +
           expiration + R"(,"RoleArn":"arn:aws:iam::1:role/x","Code":"Success"})";
}

std::string fault_of(std::string_view text) {
    expiring_credentials got;
    auto fault = parse_container_credentials(text, now, got);
    BOOST_TEST(fault.find("hush") == std::string::npos);
    return fault;
}

std::string url_of(std::string_view relative, std::string_view full) {
    std::string fault;
    const auto url = container_agent_url(relative, full, fault);
    return url ? (url->is_secure ? "https " : "http ") + url->authority() + " " + url->target
               : fault;
}

} // namespace

BOOST_AUTO_TEST_SUITE(container_credentials_suite)

BOOST_AUTO_TEST_CASE(reads_a_response) {
    expiring_credentials got;
    BOOST_TEST(parse_container_credentials(body(R"("2026-01-01T06:00:00Z")"), now, got) == "");
    BOOST_TEST(got.by.access_key_id == "AK");
    BOOST_TEST(got.by.secret_access_key.reveal() == "hush");
    BOOST_TEST(got.by.session_token == "t==");
    BOOST_TEST((got.ends - now == 6h));
}

BOOST_AUTO_TEST_CASE(a_session_token_may_be_absent) {
    expiring_credentials got;
    for (const char* const token : {"", R"("Token":null,)"}) {
        const auto text = R"({"AccessKeyId":"AK","SecretAccessKey":"s",)" + std::string(token) +
                          R"("Expiration":"2026-01-01T00:00:01Z"})";
        BOOST_TEST(parse_container_credentials(text, now, got) == "");
        BOOST_TEST(got.by.session_token.empty());
    }
}

BOOST_AUTO_TEST_CASE(reads_times_of_rfc_3339) {
    for (const char* const good :
         {R"("2026-01-01T00:00:01.123456Z")", R"("2026-01-01T02:00:00+01:00")",
          R"("2026-01-01T02:00:00.5+01:00")"}) {
        BOOST_TEST(fault_of(body(good)) == "");
    }
    for (const char* const bad : {R"("soon")", R"("1767225700")", R"("2026-02-01")",
                                  R"("2026-01-01T00:00:01")", R"("2026-13-01T00:00:00Z")",
                                  R"("2026-01-01T00:00:01.Z")", R"("2026-01-01T00:00:01.5.5Z")"}) {
        BOOST_TEST(fault_of(body(bad)).starts_with("has an \"Expiration\""), bad);
    }
}

BOOST_AUTO_TEST_CASE(says_what_is_wrong_and_repeats_no_secret) {
    BOOST_TEST(fault_of("") == "is not a JSON object");
    BOOST_TEST(fault_of("<html>hush</html>") == "is not a JSON object");
    BOOST_TEST(fault_of("{}") == "has no member \"AccessKeyId\"");
    BOOST_TEST(fault_of(R"({"AccessKeyId":"AK"})") == "has no member \"SecretAccessKey\"");
    BOOST_TEST(fault_of(R"({"AccessKeyId":"AK","SecretAccessKey":"hush"})") ==
               "has no member \"Expiration\"");
    BOOST_TEST(fault_of(R"({"AccessKeyId":7,"SecretAccessKey":"hush"})")
                   .starts_with("has a member \"AccessKeyId\""));
    BOOST_TEST(fault_of(body("1767225700")).starts_with("has a member \"Expiration\""));
    BOOST_TEST(fault_of(body(R"("2026-01-01T00:00:00Z")"))
                   .starts_with("has credentials that ended at 2026-01-01T00:00:00Z"));
    BOOST_TEST(fault_of(R"({"AccessKeyId":"AK","SecretAccessKey":"hush\r\nX: y",)"
                        R"("Expiration":"2026-01-01T00:00:01Z"})") ==
               "has no usable secret access key");
    BOOST_TEST(fault_of(R"({"AccessKeyId":"AK","SecretAccessKey":"hush","Token":")" +
                        std::string(8193, 'x') + R"(","Expiration":"2026-01-01T00:00:01Z"})")
                   .starts_with("has a session token that is too long"));
    BOOST_TEST(fault_of(std::string(max_container_response_bytes + 1, ' ')) ==
               "has more than 65536 bytes");
}

BOOST_AUTO_TEST_CASE(plain_http_is_for_this_machine_and_the_agents_of_amazon) {
    BOOST_TEST(url_of("", "") == "");
    BOOST_TEST(url_of("/v2/credentials/1?id=2", "") == "http 169.254.170.2 /v2/credentials/1?id=2");
    BOOST_TEST(url_of("/v2", "https://x/") == "http 169.254.170.2 /v2");
    BOOST_TEST(url_of("", "http://169.254.170.23/v1/credentials") ==
               "http 169.254.170.23 /v1/credentials");
    BOOST_TEST(url_of("", "http://[fd00:ec2:0::23]/v1") == "http [fd00:ec2:0::23] /v1");
    BOOST_TEST(url_of("", "http://localhost:81/a") == "http localhost:81 /a");
    BOOST_TEST(url_of("", "http://127.9.9.9/a") == "http 127.9.9.9 /a");
    BOOST_TEST(url_of("", "http://[::1]/a") == "http [::1] /a");
    BOOST_TEST(url_of("", "https://agent.example/a") == "https agent.example /a");
    for (const char* const foreign :
         {"http://agent.example/a", "http://169.254.170.22/", "http://169.254.169.254/",
          "http://[fd00:ec2::254]/", "http://169.254.170.2.example/",
          "http://localhost.example/"}) {
        BOOST_TEST(
            url_of("", foreign)
                .starts_with("AWS_CONTAINER_CREDENTIALS_FULL_URI must begin with https://, unless"),
            foreign);
    }
    BOOST_TEST(url_of("", "ftp://x/") ==
               "AWS_CONTAINER_CREDENTIALS_FULL_URI must begin with https:// or http://");
    BOOST_TEST(url_of("v2", "") == "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI must begin with /");
    BOOST_TEST(url_of("/a b", "").starts_with("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI has a char"));
    // The relative part cannot become another host.
    BOOST_TEST(url_of(".example/", "") ==
               "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI must begin with /");
}

BOOST_AUTO_TEST_CASE(a_token_must_fit_into_a_field) {
    BOOST_TEST(check_container_token("Bearer abc") == "");
    BOOST_TEST(check_container_token("").starts_with("has no usable token"));
    BOOST_TEST(check_container_token(std::string(8193, 'x')).starts_with("has no usable token"));
    BOOST_TEST(check_container_token("a\r\nX: y").starts_with("has a token with a control"));
}

BOOST_AUTO_TEST_CASE(credentials_are_renewed_before_they_end) {
    BOOST_TEST((time_to_renew(6h) == 6h - 5min));
    BOOST_TEST((time_to_renew(10min) == 5min));
    BOOST_TEST((time_to_renew(8min) == 4min));
    BOOST_TEST((time_to_renew(4s) == 2s));
    BOOST_TEST((time_to_renew(1s) == 1s));
    BOOST_TEST((time_to_renew(-5s) == 1s));
}

BOOST_AUTO_TEST_SUITE_END()
