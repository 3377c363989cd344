#pragma once
// Bytes in, one checked request head out; knows no socket. Beast's basic_parser does the grammar;
// what it lets through and a strict server must not (Host, transfer codings, repeated fields,
// obs-fold, limits) is checked here, before anybody looks at method, path or token.

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
    std::size_t content_bytes = 65536; // announced by Content-Length; none is ever read
};

class request_parser {
  public:
    request_parser() noexcept = default;
    explicit request_parser(const header_limits& limits) noexcept : limits_(limits) {}

    enum class status { need_more, ready, refused };

    /// Looks at `bytes`, all that has been received and not consumed. Call again with more at the
    /// end after need_more; the bytes seen before must stay the same, their address may change.
    status parse(std::span<const char> bytes, request_head& head);

    /// After ready: bytes from the start up to and including the empty line, and the five of an
    /// empty chunked content behind it.
    [[nodiscard]] std::size_t consumed() const noexcept { return scanned_; }

    /// After refused: why.
    [[nodiscard]] problem_id refusal() const noexcept { return refusal_; }

    /// After refused: the limit that it was refused at, if it was one.
    [[nodiscard]] std::optional<limit_label> limit_reached() const noexcept { return limit_; }

    /// True when the request that `bytes` begin with, complete and well-formed or not, asks by
    /// HEAD: then a refusal has no content either (RFC 9110 §9.3.2).
    [[nodiscard]] bool is_for_head(std::span<const char> bytes) const noexcept;

    /// True once a byte of a request (not the CRLFs before it) has been seen.
    [[nodiscard]] bool has_started() const noexcept { return started_; }

    /// Ready for the next request, which `limits` hold for.
    void start(const header_limits& limits) noexcept;

  private:
    status refuse(problem_id why, std::optional<limit_label> at = std::nullopt) noexcept;
    status find_end(std::string_view text) noexcept;
    status check_size(std::string_view text, status found) noexcept;
    [[nodiscard]] problem_id size_verdict(std::string_view line) const noexcept;
    status read_head(std::string_view text, request_head& head);
    status read_content(std::string_view rest, request_head& head) noexcept;

    header_limits limits_;       // a copy: a reload may replace the site in the middle of a request
    std::size_t scanned_ = 0;    // bytes known to hold whole lines
    std::size_t start_ = 0;      // first byte after leading CRLFs (RFC 9112 §2.2)
    std::size_t first_line_ = 0; // end of the request line, 0 while it is incomplete
    bool started_ = false;
    bool awaits_content_ = false; // the header is whole; the end of an empty content is not here
    problem_id refusal_{};
    std::optional<limit_label> limit_;
};

} // namespace sluice::http
