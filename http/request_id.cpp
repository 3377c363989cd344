#include "http/request_id.hpp"

#include <algorithm>
#include <random>

namespace sluice::http {

namespace {

constexpr std::string_view digits = "0123456789abcdef";

} // namespace

request_ids::request_ids() {
    std::random_device source;
    std::ranges::fill(next_.text_, digits.front());
    for (std::size_t i = 0; i < request_id::prefix_size; ++i) {
        next_.text_[i] = digits[source() % digits.size()];
    }
}

request_id request_ids::next() noexcept {
    const request_id current = next_;
    for (auto at = next_.text_.size(); at-- > request_id::prefix_size;) {
        char& digit = next_.text_[at];
        if (digit == digits.back()) {
            digit = digits.front();
            continue;
        }
        digit = digit == '9' ? 'a' : static_cast<char>(digit + 1);
        break;
    }
    return current;
}

} // namespace sluice::http
