#pragma once
// Parses and checks one request head. Knows no socket. Beast's basic_parser handles the grammar;
// the rules that Beast does not enforce and a strict server must (Host, transfer codings, repeated
// fields, obs-fold, limits) are checked here, before the method, the path or the token is used.
// Content is never read. Used by http/connection/worker.hpp and the sessions.

#include "http/problem/limit_label.hpp"
#include "http/problem/problem.hpp"
#include "http/request/request_head.hpp"

#include <cstddef>
#include <span>

namespace sluice::http {

struct header_limits {
    std::size_t header_bytes = 16384; // request line and fields
    std::size_t header_fields = 64;
    std::size_t target_bytes = 8000;
    std::size_t content_bytes = 65536; // announced by Content-Length; content is never read
};

class request_parser {
  public:
    request_parser() noexcept = default;
    explicit request_parser(const header_limits& limits) noexcept : limits_(limits) {}

    enum class status { need_more, ready, refused };

    /// Parses `bytes`, which are all bytes received and not consumed. After need_more, call it
    /// again with more bytes at the end; the earlier bytes must be unchanged, but their address may
    /// differ.
    status parse(std::span<const char> bytes, request_head& head);

    /// After ready: the number of bytes up to and including the empty line, plus the five bytes of
    /// an empty chunked content after it.
    [[nodiscard]] std::size_t consumed() const noexcept { return scanned_; }

    /// After refused: the reason.
    [[nodiscard]] problem_id refusal() const noexcept { return refusal_; }

    /// After refused: the limit that was reached, if that is the reason.
    [[nodiscard]] std::optional<limit_label> limit_reached() const noexcept { return limit_; }

    /// True when the request at the start of `bytes`, complete and well-formed or not, uses HEAD: a
    /// error response then has no content either (RFC 9110 §9.3.2).
    [[nodiscard]] bool is_for_head(std::span<const char> bytes) const noexcept;

    /// True after the first byte of a request, not counting the CRLFs before it.
    [[nodiscard]] bool has_started() const noexcept { return started_; }

    /// Prepares for the next request, to which `limits` apply.
    void start(const header_limits& limits) noexcept;

  private:
    status refuse(problem_id why, std::optional<limit_label> at = std::nullopt) noexcept;
    status find_end(std::string_view text) noexcept;
    status check_size(std::string_view text, status found) noexcept;
    [[nodiscard]] problem_id size_verdict(std::string_view line) const noexcept;
    status read_head(std::string_view text, request_head& head);
    status read_content(std::string_view rest, request_head& head) noexcept;

    header_limits limits_;       // a copy: a reload may replace the site during a request
    std::size_t scanned_ = 0;    // bytes that form complete lines
    std::size_t start_ = 0;      // first byte after leading CRLFs (RFC 9112 §2.2)
    std::size_t first_line_ = 0; // end of the request line, 0 while it is incomplete
    bool started_ = false;
    bool awaits_content_ = false; // header complete, end of empty content missing
    problem_id refusal_{};
    std::optional<limit_label> limit_;
};

} // namespace sluice::http
