#include "http/request/head_reader.hpp"

#include "core/text/ascii_case.hpp"
#include "http/request/target.hpp"

#include <boost/beast/http/rfc7230.hpp>

#include <algorithm>

namespace sluice::http {

namespace {

// Stops Beast after the header: content is never read; the connection is closed instead.
error_code stop() {
    return bhttp::make_error_code(bhttp::error::end_of_stream);
}

bool lists(std::string_view value, std::string_view wanted) {
    return std::ranges::any_of(bhttp::token_list{value},
                               [&](const auto& token) { return core::iequals(token, wanted); });
}

} // namespace

head_reader::head_reader(std::size_t size, std::size_t max_fields, request_head& head)
    : max_fields_(max_fields), head_(head) {
    head_.clear();
    header_limit(static_cast<std::uint32_t>(size + 1)); // request_parser has checked the size
    body_limit(boost::none);                            // and checks the announced one
}

void head_reader::on_request_impl(bhttp::verb method, string_view, string_view target, int version,
                                  error_code&) {
    head_.method = method;
    head_.target = target;
    head_.version = static_cast<unsigned>(version);
}

void head_reader::on_field_impl(bhttp::field id, string_view name, string_view value,
                                error_code& ec) {
    if (head_.fields.size() == max_fields_) {
        broken_ = problem_id::fields_too_large;
        ec = stop();
        return;
    }
    head_.fields.push_back({.id = id, .name = name, .value = value});
    count_special(id, value);
}

void head_reader::count_special(bhttp::field id, std::string_view value) {
    switch (id) {
    case bhttp::field::host:
        ++hosts_;
        head_.host = value;
        break;
    case bhttp::field::content_length:
        ++lengths_;
        length_is_list_ = length_is_list_ || value.find(',') != std::string_view::npos;
        break;
    case bhttp::field::transfer_encoding:
        ++codings_;
        names_chunked_ = names_chunked_ || lists(value, "chunked");
        only_chunked_ = only_chunked_ && core::iequals(value, "chunked");
        empty_coding_ = empty_coding_ || value.empty();
        break;
    case bhttp::field::expect:
        expects_continue_ = core::iequals(value, "100-continue");
        [[fallthrough]];
    default:
        const auto bit = singleton_bit(id);
        is_repeated_ = is_repeated_ || (seen_ & bit) != 0;
        seen_ |= bit;
        break;
    }
}

std::optional<problem_id> head_reader::verdict(const error_code& ec) {
    if (broken_) {
        return broken_;
    }
    if (const auto framing = framing_verdict()) {
        return framing;
    }
    if (ec == bhttp::error::bad_content_length || ec == bhttp::error::multiple_content_length ||
        ec == bhttp::error::bad_transfer_encoding) {
        return problem_id::framing_invalid;
    }
    if (ec || !is_header_done()) {
        return problem_id::malformed_request;
    }
    if (const auto host = host_verdict()) {
        return host;
    }
    if (is_repeated_) {
        return problem_id::field_repeated;
    }
    if (head_.method == bhttp::verb::unknown) {
        return problem_id::method_unknown;
    }
    if (!expects_continue_) {
        return problem_id::expectation_failed;
    }
    // On HTTP/1.0 Beast gives keep-alive precedence over close (RFC 9112 §9.3: close has
    // precedence).
    head_.keep_alive = keep_alive() && !(head_.version == 10 && asks_to_close());
    head_.is_chunked = chunked();
    head_.expects_continue = head_.value_of(bhttp::field::expect).has_value();
    head_.has_content = chunked() || content_length().value_or(0) > 0;
    return std::nullopt;
}

bool head_reader::asks_to_close() const {
    return std::ranges::any_of(head_.fields, [](const auto& line) {
        return line.id == bhttp::field::connection && lists(line.value, "close");
    });
}

// RFC 9112 §6.1, §6.3, §11.2: when the end of the request is in doubt, it is rejected before all
// other checks.
std::optional<problem_id> head_reader::framing_verdict() const {
    if (codings_ > 0) {
        const bool is_plain = codings_ == 1 && only_chunked_;
        if (lengths_ > 0 || head_.version == 10 || empty_coding_) {
            return problem_id::framing_invalid;
        }
        if (!is_plain) {
            return names_chunked_ ? problem_id::framing_invalid : problem_id::coding_unknown;
        }
    }
    if (lengths_ > 1 || length_is_list_) {
        return problem_id::framing_invalid;
    }
    return std::nullopt;
}

std::optional<problem_id> head_reader::host_verdict() {
    const bool is_missing = hosts_ == 0 && head_.version == 11;
    if (is_missing || hosts_ > 1 || (hosts_ == 1 && !is_host(head_.host))) {
        return problem_id::host_invalid;
    }
    return std::nullopt;
}

// The rest of Beast's interface: put() receives a header section only.

void head_reader::on_response_impl(int, string_view, int, error_code& ec) {
    ec = stop();
}

void head_reader::on_header_impl(error_code&) {}

void head_reader::on_body_init_impl(const boost::optional<std::uint64_t>&, error_code& ec) {
    ec = stop();
}

std::size_t head_reader::on_body_impl(string_view, error_code& ec) {
    ec = stop();
    return 0;
}

void head_reader::on_chunk_header_impl(std::uint64_t, string_view, error_code& ec) {
    ec = stop();
}

std::size_t head_reader::on_chunk_body_impl(std::uint64_t, string_view, error_code& ec) {
    ec = stop();
    return 0;
}

void head_reader::on_finish_impl(error_code&) {}

} // namespace sluice::http
