#pragma once
// The audit log: one line for each token requested, issued or denied. A line names the caller, the
// user and the media, and never contains a token, a key or another credential. Not the access log:
// http/exchange/access_log.hpp is. Used by http/handlers/token_handler.hpp.

#include "http/exchange/access_log.hpp"
#include "http/handlers/mint_request.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace sluice::http {

/// The facts known at the time of the decision. Unknown ones are left out of the line.
struct audit_entry {
    std::chrono::system_clock::time_point time{};
    std::string_view request_id{};
    std::string_view peer{};
    const request_note* note = nullptr;   // its trace; null: none
    std::string_view by{};                // core::grantor::name(); empty: unknown caller
    const mint_request* wanted = nullptr; // null: the query was rejected
    std::string_view cause{};             // of a rejection; empty: issued
    std::string_view check{};             // the claim, parameter or limit concerned
    std::string_view jti{};
    std::optional<std::chrono::seconds> ttl{};
    std::chrono::seconds resume_expires_in{}; // 0: the token has no resume window
};

/// Appends `entry` as JSON and a line feed.
void append_audit_line(const audit_entry& entry, std::string& out);

} // namespace sluice::http
