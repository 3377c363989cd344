#include "app/objects/container_agent.hpp"

#include "core/files/secret_file.hpp"
#include "core/text/trimmed.hpp"
#include "http/client/waiting_client.hpp"
#include "http/client/whole_call.hpp"
#include "tls/client_channels.hpp"

#include <chrono>
#include <cstdlib>
#include <utility>

namespace sluice::app {

namespace {

using namespace std::chrono_literals;
using http::call_result;

constexpr const char* token_name = "AWS_CONTAINER_AUTHORIZATION_TOKEN";
constexpr const char* token_file_name = "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE";
constexpr auto longest_fetch = 15s;

// Empty on success. Kubernetes writes files that everybody in the container may read.
std::string read_token(const container_agent& from, core::wiped_text& out) {
    if (from.token_file.empty()) {
        out.text = from.token;
        auto fault = from.token.empty() ? std::string() : core::check_container_token(from.token);
        return fault.empty() ? fault : token_name + (" " + fault);
    }
    core::trusted_text text;
    auto fault = core::read_trusted_file(from.token_file, core::file_secrecy::unwritable,
                                         core::max_container_token_bytes + 2, text);
    if (fault.empty()) {
        out.text = core::trimmed(text.text, "\r\n");
        fault = core::check_container_token(out.text);
    }
    return fault.empty() ? fault
                         : std::string(token_file_name) + ": " + from.token_file + " " + fault;
}

http::outgoing request_for(const core::http_url& url, const std::string& token) {
    http::outgoing what{.to = url,
                        .fields = {{"User-Agent", "sluice"},
                                   {"Accept", "application/json"},
                                   {"Accept-Encoding", "identity"}},
                        .limits = {.connect = 3s, .first_byte = 10s, .stall = 5s}};
    if (!token.empty()) {
        what.fields.emplace_back("Authorization", token);
    }
    return what;
}

std::string objection_to(unsigned status, const container_agent& from) {
    std::string text = "the agent at " + from.place + " answers " + std::to_string(status);
    if (status == 401 || status == 403) {
        return text + ": check " +
               (from.token_file.empty() ? token_name : token_file_name + (" " + from.token_file));
    }
    if (status >= 300 && status < 400) {
        return text + ": redirects are not followed";
    }
    return text + ", and gives no credentials";
}

agent_answer judge(const container_agent& from, const core::clock& time, unsigned status,
                   std::string_view content) {
    if (status != 200) {
        return {.fault = objection_to(status, from)};
    }
    core::expiring_credentials found;
    auto fault = core::parse_container_credentials(content, time.wall_seconds(), found);
    if (!fault.empty()) {
        return {.fault = "the response of the agent at " + from.place + " " + fault};
    }
    return {.by = std::make_shared<core::object_credentials>(std::move(found.by)),
            .ends = found.ends};
}

} // namespace

std::string environment_variable(const char* name) {
    // The environment of a running service does not change.
    const char* const text = std::getenv(name); // NOLINT(concurrency-mt-unsafe)
    return text == nullptr ? std::string() : text;
}

std::optional<container_agent> find_container_agent(const core::origin_settings& of,
                                                    std::string& fault) {
    fault.clear();
    if (!of.credentials_file.empty() || !environment_variable("AWS_ACCESS_KEY_ID").empty()) {
        return std::nullopt;
    }
    auto url = core::container_agent_url(
        environment_variable("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"),
        environment_variable("AWS_CONTAINER_CREDENTIALS_FULL_URI"), fault);
    if (!url) {
        fault = fault.empty() ? fault : "is not set, and " + fault;
        return std::nullopt;
    }
    container_agent found{.url = std::move(*url),
                          .token = environment_variable(token_name),
                          .token_file = environment_variable(token_file_name)};
    found.place = found.url.base();
    return found;
}

agent_answer ask_container_agent(const container_agent& from, const core::clock& time,
                                 const std::function<bool()>& is_over) {
    core::wiped_text token;
    if (auto fault = read_token(from, token); !fault.empty()) {
        return {.fault = std::move(fault)};
    }
    http::waiting_client client(from.url.is_secure ? std::make_shared<tls::client_channels>("")
                                                   : nullptr,
                                [&is_over, is_late = http::is_over_after(longest_fetch)] {
                                    return is_over() || is_late();
                                });
    std::optional<call_result<std::string>> arrived;
    const http::whole_call call(
        client.calls(), request_for(from.url, token.text),
        {.bytes = core::max_container_response_bytes, .time = longest_fetch},
        [&arrived](call_result<std::string> content) { arrived = std::move(content); });
    if (!client.wait_for(arrived)) {
        return {.fault = "the agent at " + from.place + " did not answer in time"};
    }
    if (!*arrived) {
        return {.fault = "the agent at " + from.place +
                         " gives no credentials: " + arrived->error().cause};
    }
    core::wiped_text content;
    content.text = std::move(**arrived);
    return judge(from, time, call.head().status(), content.text);
}

} // namespace sluice::app
