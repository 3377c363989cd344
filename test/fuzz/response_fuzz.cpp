// Fuzzes responses of other servers: however the bytes are split, the content is the same, or each
// reading fails; content never exceeds what has arrived. Also the Cache-Control of the response.
#include "http/client/cache_life.hpp"
#include "http/client/response_reader.hpp"
#include "test/fuzz/fuzz.hpp"

#include <boost/asio/buffer.hpp>

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <string_view>

using namespace sluice;
namespace net = http::net;

namespace {

constexpr std::uint32_t head_bytes = 16384; // more than an input has
constexpr std::size_t room_bytes = 61;

struct outcome {
    bool is_good = false;
    unsigned status = 0;
    std::string content;

    friend bool operator==(const outcome&, const outcome&) = default;
};

class reading {
  public:
    reading(http::bhttp::verb method, std::string_view text, std::size_t step)
        : reader_(method, head_bytes), text_(text), step_(step) {}

    outcome run() {
        outcome out;
        if (!read_head()) {
            return out;
        }
        out.status = reader_.status();
        const auto life = http::cache_life(reader_.field("Cache-Control"), reader_.field("Age"));
        fuzz::require(!life || life->count() >= 0);
        while (!reader_.is_done()) {
            const auto piece = read_piece();
            if (!piece) {
                return {};
            }
            out.content.append(room_.data(), *piece);
        }
        out.is_good = true;
        return out;
    }

  private:
    bool read_head() {
        while (true) {
            const auto done = reader_.read_head();
            if (!done) {
                return false;
            }
            if (*done) {
                return true;
            }
            if (!receive()) {
                return false;
            }
        }
    }

    /// nullopt: the response failed.
    std::optional<std::size_t> read_piece() {
        if (const auto bytes = std::min(reader_.direct(room_.size()), text_.size()); bytes > 0) {
            std::copy_n(text_.begin(), bytes, room_.begin());
            text_.remove_prefix(bytes);
            reader_.took_directly(bytes);
            return bytes;
        }
        const auto piece = reader_.take(net::buffer(room_));
        if (!piece) {
            return std::nullopt;
        }
        fuzz::require(*piece <= room_.size());
        if (*piece == 0 && !reader_.is_done() && !receive()) {
            return std::nullopt;
        }
        return *piece;
    }

    /// False when the response cannot go on.
    bool receive() {
        if (text_.empty()) {
            return reader_.end().has_value();
        }
        const auto bytes = net::buffer_copy(
            reader_.prepare(), net::buffer(text_.data(), std::min(step_, text_.size())));
        reader_.commit(bytes);
        text_.remove_prefix(bytes);
        return bytes > 0;
    }

    http::response_reader reader_;
    std::string_view text_;
    std::size_t step_;
    std::array<char, room_bytes> room_{};
};

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto text = fuzz::text_of(data, size);
    for (const auto method : {http::bhttp::verb::get, http::bhttp::verb::head}) {
        const auto whole = reading(method, text, text.size() + 1).run();
        fuzz::require(whole.content.size() <= text.size());
        for (const std::size_t step : {1U, 3U}) {
            const auto split = reading(method, text, step).run();
            fuzz::require(split.is_good == whole.is_good && (!whole.is_good || split == whole));
        }
    }
    return 0;
}
