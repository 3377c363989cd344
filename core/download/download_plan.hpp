#pragma once
// Decides the response to a download from the conditional and range fields of the request and one
// version of the file: 200, 206, 304, 412 or 416 (RFC 9110 §13.2.2 and §14.2). No other unit
// decides between these. A pure function. Used by http/handlers.

#include "core/download/byte_range.hpp"
#include "core/download/preconditions.hpp"
#include "core/download/representation.hpp"

#include <chrono>
#include <optional>
#include <span>
#include <string_view>

namespace sluice::core {

/// The kind of response.
struct download_plan {
    enum class outcome : std::uint8_t {
        whole,               // 200
        part,                // 206; slices has one element
        parts,               // 206 multipart/byteranges; slices has two or more
        not_modified,        // 304
        precondition_failed, // 412
        unsatisfiable,       // 416
    };
    outcome what = outcome::whole;
    slice_list slices; // in the order of the Range field
};

/// `now` decides whether a Last-Modified date is a strong validator for If-Range (RFC 9110
/// §8.8.2.2).
[[nodiscard]] download_plan plan_download(const download_request& request,
                                          const representation& version,
                                          std::chrono::sys_seconds now) noexcept;

} // namespace sluice::core
