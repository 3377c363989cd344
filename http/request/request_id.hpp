#pragma once
// The X-Request-Id of a response: 16 digits that differ between workers, nodes and restarts, then
// 16 that differ between requests and do not reveal how many there were; or the id that a trusted
// proxy gave the request. Also makes the boundaries of multipart bodies, which must not be
// predictable: a file could contain one. Not a credential. Used by http/connection/worker.hpp,
// http/exchange and http/handlers/file_response.hpp.

#include "core/base/keyed_sequence.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace sluice::http {

class request_id {
  public:
    /// Takes `text` as the id when it consists of 1 to 64 letters, digits, dots, dashes and
    /// underscores, which are harmless in fields and logs; otherwise nullopt.
    [[nodiscard]] static std::optional<request_id> adopt(std::string_view text) noexcept;

    [[nodiscard]] std::string_view view() const noexcept { return {text_.data(), size_}; }
    /// The last 16 digits, which differ between the requests of a worker: usable as the id of a
    /// span. REQUIRES: made by request_ids, not adopted.
    [[nodiscard]] std::string_view number() const noexcept { return view().substr(prefix_size); }

  private:
    friend class request_ids;
    static constexpr std::size_t prefix_size = 16;
    static constexpr std::size_t number_size = 16;
    static constexpr std::size_t max_size = 64;
    std::array<char, max_size> text_{};
    std::uint8_t size_ = prefix_size + number_size;
};

/// Makes request ids. For one thread.
class request_ids {
  public:
    /// Starts with a random prefix and random keys.
    request_ids();

    [[nodiscard]] request_id next() noexcept;

    /// The boundary of one multipart/byteranges body (RFC 2046 §5.1.1): 128 bits that cannot be
    /// derived from earlier ids and boundaries, so that no file can contain the boundary of its own
    /// ranges.
    [[nodiscard]] std::string boundary();

  private:
    request_id latest_;
    core::keyed_sequence numbers_;
    core::keyed_sequence boundaries_; // with its own key: no id is part of a boundary
};

} // namespace sluice::http
