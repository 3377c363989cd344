#pragma once
// The facts that the access log tells about a request: copies, because the request is gone when its
// line is written. Keeps only what the log will write, and the memory of earlier requests. Not what
// happened to the response: exchange_record has that. Part of http/exchange/exchange.hpp; written
// by http/exchange/access_log.hpp.

#include "core/config/access_fields.hpp"
#include "core/media/media_id.hpp"
#include "http/request/trace_parent.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace sluice::http {

class request_note {
  public:
    /// Longest user agent that is kept; those of browsers have about 130 bytes.
    static constexpr std::size_t max_user_agent = 256; // bytes

    /// Forgets the last request. `wanted`: the fields that the log will write.
    void restart(core::access_fields wanted) noexcept;

    [[nodiscard]] bool wants(core::access_field which) const noexcept { return wanted_.has(which); }

    /// Keeps the first max_user_agent bytes of `sent`, which a client may fill with any bytes.
    /// Bytes that are not printable text are replaced by '?'.
    void keep_user_agent(std::string_view sent);
    /// Keeps the trace that a trusted proxy named; `span` is the id of this request's span in it.
    void keep_trace(const trace_parent& parent, std::string_view span);
    /// Keeps the names of `media`; `trainer_id` may be known although the path does not have it.
    void keep_media(const core::media_id& media, std::string_view trainer_id);

    /// The traceparent of the request; nullopt when no trusted proxy named a trace.
    [[nodiscard]] const std::optional<trace_parent>& parent() const noexcept { return parent_; }
    /// The id of this request's span: 16 hexadecimal digits. REQUIRES: parent() has a value.
    [[nodiscard]] std::string_view span_id() const noexcept { return {span_.data(), span_.size()}; }
    [[nodiscard]] std::string_view user_agent() const noexcept { return user_agent_; }
    /// "lesson", "course" or "module"; empty when no media is known.
    [[nodiscard]] std::string_view type() const noexcept { return type_; }
    /// A name of the media; empty when it has none. REQUIRES: trainer_id to filename.
    [[nodiscard]] std::string_view name(core::access_field which) const noexcept;

  private:
    static constexpr std::size_t max_names = 5;

    core::access_fields wanted_;
    std::optional<trace_parent> parent_;
    std::array<char, 16> span_{};
    std::string_view type_;
    std::string user_agent_;
    std::string names_; // one after the other
    std::array<std::uint16_t, max_names + 1> ends_{};
};

} // namespace sluice::http
