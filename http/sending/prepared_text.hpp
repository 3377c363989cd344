#pragma once
// The text of responses that depends on one version of a file only: its field lines and, for a
// small file, its content, prepared once for all requests. It lies in one string, so that the
// response with the whole file, the most frequent one, appends it by a single copy. It holds no
// field that depends on a request. Part of http/sending/file_cache.hpp; made by
// http/handlers/file_response.cpp.

#include "core/text/decimal.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace sluice::http {

class prepared_text {
  public:
    /// Of a file that no response is made of.
    prepared_text() = default;
    /// `validators` are the field lines of 200, 206 and 304, and `disposition` those of 200 and 206
    /// besides. `content` is empty, or all `size` bytes.
    prepared_text(std::string_view validators, std::string_view disposition,
                  std::string_view media_type, std::uint64_t size, std::string_view content)
        : validators_(validators.size()), common_(validators.size() + disposition.size()) {
        text_.append(validators).append(disposition);
        text_.append("Content-Type: ").append(media_type).append("\r\n");
        typed_ = text_.size();
        text_ += "Content-Length: ";
        core::append_decimal(size, text_);
        text_ += "\r\n\r\n";
        header_ = text_.size();
        text_ += content;
        text_.shrink_to_fit();
    }

    /// The field lines of 200, 206 and 304.
    [[nodiscard]] std::string_view validators() const noexcept { return first(validators_); }
    /// The field lines of 200 and 206, without Content-Type.
    [[nodiscard]] std::string_view common() const noexcept { return first(common_); }
    /// The field lines of 200 and 206, with Content-Type.
    [[nodiscard]] std::string_view typed() const noexcept { return first(typed_); }
    /// The rest of the header section of a 200 with the whole file: typed(), Content-Length and the
    /// empty line.
    [[nodiscard]] std::string_view header() const noexcept { return first(header_); }
    /// header() and content().
    [[nodiscard]] std::string_view whole() const noexcept { return text_; }
    /// All bytes of a small file; otherwise empty.
    [[nodiscard]] std::string_view content() const noexcept { return whole().substr(header_); }

  private:
    [[nodiscard]] std::string_view first(std::size_t count) const noexcept {
        return {text_.data(), count};
    }

    std::string text_;
    // The ends of the parts that begin with the first byte.
    std::size_t validators_ = 0;
    std::size_t common_ = 0;
    std::size_t typed_ = 0;
    std::size_t header_ = 0;
};

} // namespace sluice::http
