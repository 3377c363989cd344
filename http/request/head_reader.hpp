#pragma once
// Reads one complete header section with Beast's parser and applies the rules that Beast does not
// enforce (host, framing, repeated fields). Does not look for the end of the section:
// http/request/request_parser.hpp does, its user. http/request/usual_head.cpp shares the rule of
// repeated fields.

#include "http/problem/problem.hpp"
#include "http/request/request_head.hpp"

#include <boost/beast/http/basic_parser.hpp>

#include <cstddef>
#include <optional>
#include <string_view>

namespace sluice::http {

/// Fields that the service uses and that have a single value (RFC 9110 §5.3), each with its own
/// bit. When such a field is repeated, a proxy may use the other line. 0 for every other field.
constexpr unsigned singleton_bit(bhttp::field id) noexcept {
    switch (id) {
    case bhttp::field::authorization:
        return 1U << 0U;
    case bhttp::field::content_type:
        return 1U << 1U;
    case bhttp::field::expect:
        return 1U << 2U;
    case bhttp::field::range:
        return 1U << 3U;
    case bhttp::field::if_range:
        return 1U << 4U;
    case bhttp::field::if_modified_since:
        return 1U << 5U;
    case bhttp::field::if_unmodified_since:
        return 1U << 6U;
    case bhttp::field::origin:
        return 1U << 7U;
    case bhttp::field::access_control_request_method:
        return 1U << 8U;
    default:
        return 0;
    }
}

class head_reader final : public bhttp::basic_parser<true> {
  public:
    /// For a complete header section of `size` bytes without folded lines (Beast would join them in
    /// a buffer of its own). The views in `head` point into the bytes given to put().
    head_reader(std::size_t size, std::size_t max_fields, request_head& head);

    /// After put(): the first rule that is violated, framing first; nullopt when the head is valid.
    /// `ec` is the error of put().
    [[nodiscard]] std::optional<problem_id> verdict(const error_code& ec);

  private:
    using string_view = beast::string_view;

    void on_request_impl(bhttp::verb method, string_view method_text, string_view target,
                         int version, error_code& ec) override;
    void on_response_impl(int code, string_view reason, int version, error_code& ec) override;
    void on_field_impl(bhttp::field id, string_view name, string_view value,
                       error_code& ec) override;
    void on_header_impl(error_code& ec) override;
    void on_body_init_impl(const boost::optional<std::uint64_t>& length, error_code& ec) override;
    std::size_t on_body_impl(string_view body, error_code& ec) override;
    void on_chunk_header_impl(std::uint64_t size, string_view extensions, error_code& ec) override;
    std::size_t on_chunk_body_impl(std::uint64_t remain, string_view body, error_code& ec) override;
    void on_finish_impl(error_code& ec) override;

    [[nodiscard]] bool asks_to_close() const;
    void count_special(bhttp::field id, std::string_view value);
    [[nodiscard]] std::optional<problem_id> framing_verdict() const;
    [[nodiscard]] std::optional<problem_id> host_verdict();

    std::size_t max_fields_;
    request_head& head_;
    std::optional<problem_id> broken_; // found while the fields were read
    unsigned hosts_ = 0;
    unsigned lengths_ = 0;
    unsigned codings_ = 0;
    unsigned seen_ = 0; // bits of single-valued fields
    bool is_repeated_ = false;
    bool length_is_list_ = false;
    bool names_chunked_ = false; // in any Transfer-Encoding line
    bool only_chunked_ = true;   // every Transfer-Encoding line is exactly "chunked"
    bool empty_coding_ = false;
    bool expects_continue_ = true;
};

} // namespace sluice::http
