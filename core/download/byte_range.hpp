#pragma once
// Parses the Range field (RFC 9110 §14.1, §14.2) for the unit "bytes" and fits it to a file, in
// constant memory. Does not decide whether the field applies: core/download/download_plan does, and
// for a token in its resume window http/handlers/download_handler. Used by
// core/download/download_plan.hpp and http/sending/response.hpp.

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace sluice::core {

/// A slice of a file that is known to exist: length > 0 and first + length <= file size.
struct byte_slice {
    std::uint64_t first;
    std::uint64_t length;

    friend bool operator==(const byte_slice&, const byte_slice&) = default;
};

/// Most ranges in one response; a field with more is ignored as a flood (docs/security.md, threat
/// 24).
inline constexpr std::size_t max_ranges = 16;
/// Most pairs of overlapping ranges (RFC 9110 §14.2 asks for suspicion at more than two).
inline constexpr std::size_t max_overlaps = 2;

/// Up to max_ranges slices, without a heap. Only those that were added are set and copied: most
/// requests have none, and clearing room for sixteen took longer than the decision on them.
class slice_list {
  public:
    // NOLINTNEXTLINE(cppcoreguidelines-pro-type-member-init): see above
    slice_list() noexcept {} // NOLINT(modernize-use-equals-default): `= default` would clear
    // NOLINTNEXTLINE(cppcoreguidelines-pro-type-member-init)
    slice_list(const slice_list& other) noexcept : size_(other.size_) {
        std::copy_n(other.slices_.begin(), size_, slices_.begin());
    }
    slice_list& operator=(const slice_list& other) noexcept {
        size_ = other.size_;
        std::copy_n(other.slices_.begin(), size_, slices_.begin());
        return *this;
    }
    ~slice_list() = default;

    void push_back(byte_slice slice) noexcept { slices_[size_++] = slice; }
    [[nodiscard]] std::span<const byte_slice> view() const noexcept {
        return {slices_.data(), size_};
    }
    [[nodiscard]] std::size_t size() const noexcept { return size_; }

  private:
    std::size_t size_ = 0;
    std::array<byte_slice, max_ranges> slices_;
};

/// The result of a Range field for a file.
struct range_outcome {
    enum class kind : std::uint8_t {
        ignored,       // another unit, a flood, or a suffix of an empty file: serve the whole file
        satisfiable,   // slices holds the ranges to send, in the order of the field
        unsatisfiable, // for bytes: a syntax error, or no range lies within the file
    };
    kind what = kind::ignored;
    slice_list slices;
};

/// True for "bytes=N-" and "bytes=N-M" with 0 < N <= M, and for nothing else: the field of a client
/// that has the first N bytes and continues. Positions may be of any length.
[[nodiscard]] bool is_continuation(std::string_view field_value) noexcept;

/// Total and noexcept. Unit names are case-insensitive; empty list elements are skipped; positions
/// beyond 2^64 saturate; ranges beyond the end are dropped when another one is satisfiable.
/// Positions beyond 2^64 still compare as numbers: a last one below its first is invalid. An empty
/// file: "bytes=-5" is satisfiable and means the whole file (RFC 9110 §14.1.2); every other byte
/// range is unsatisfiable. One invalid range invalidates the whole set ("0-1,5-2"), as RFC 9110
/// §14.2 allows. Every range counts towards max_ranges, valid or not; parsing stops at the first
/// one above the limit.
[[nodiscard]] range_outcome resolve_range(std::string_view field_value,
                                          std::uint64_t file_size) noexcept;

} // namespace sluice::core
