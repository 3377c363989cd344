#pragma once
// Compares two parsed heads, for tests of the two readers of heads. Used by
// test/unit/http/request/usual_head_test.cpp and test/fuzz/request_fuzz.cpp.

#include "http/request/request_head.hpp"

#include <algorithm>

namespace sluice::test {

/// True when all members are equal. REQUIRES: the views of both are of the same bytes.
inline bool is_same_head(const http::request_head& a, const http::request_head& b) {
    const auto is_same_line = [](const http::field_line& x, const http::field_line& y) {
        return x.id == y.id && x.name == y.name && x.value == y.value &&
               x.value.data() == y.value.data();
    };
    return a.method == b.method && a.target == b.target && a.version == b.version &&
           a.keep_alive == b.keep_alive && a.has_content == b.has_content &&
           a.is_chunked == b.is_chunked && a.expects_continue == b.expects_continue &&
           a.host == b.host && std::ranges::equal(a.fields, b.fields, is_same_line);
}

} // namespace sluice::test
