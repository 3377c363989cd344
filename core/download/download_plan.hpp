#pragma once
// The pivot of the service: given the conditional and range fields of a request and one version of
// a file, what is sent. Pure; 200, 206, 304, 412 and 416 are decided here and nowhere else (RFC
// 9110 §13.2.2 and §14.2).

#include "core/download/byte_range.hpp"
#include "core/download/preconditions.hpp"
#include "core/download/representation.hpp"

#include <chrono>
#include <optional>
#include <span>
#include <string_view>

namespace sluice::core {

/// What is to be sent.
struct download_plan {
    enum class outcome : std::uint8_t {
        whole,               // 200
        part,                // 206, slices has one
        parts,               // 206 multipart/byteranges, slices has two or more
        not_modified,        // 304
        precondition_failed, // 412
        unsatisfiable,       // 416
    };
    outcome what = outcome::whole;
    slice_list slices; // in the order asked for
};

/// `now` decides whether a Last-Modified date is a strong validator for If-Range (RFC 9110
/// §8.8.2.2).
[[nodiscard]] download_plan plan_download(const download_request& request,
                                          const representation& version,
                                          std::chrono::sys_seconds now) noexcept;

} // namespace sluice::core
