#pragma once
// The audit: one line for each token asked for, issued or refused. Says who asked, for whom and
// what; never a token, a key or any other credential.

#include "http/exchange/access_log.hpp"
#include "http/handlers/mint_request.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace sluice::http {

/// What is known when the verdict falls; the rest is left out of the line.
struct audit_entry {
    std::chrono::system_clock::time_point time{};
    std::string_view request_id{};
    std::string_view peer{};
    std::string_view by{};                // core::grantor::name(); empty: nobody we know
    const mint_request* wanted = nullptr; // null: not understood
    std::string_view cause{};             // of a refusal; empty: issued
    std::string_view check{};             // the claim, parameter or limit it is about
    std::string_view jti{};
    std::optional<std::chrono::seconds> ttl{};
};

/// Appends `entry` as JSON and a line feed.
void append_audit_line(const audit_entry& entry, std::string& out);

} // namespace sluice::http
