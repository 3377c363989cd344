#pragma once
// Appends several pieces of text at once: the string grows once, and pieces of a known size become
// a few moves instead of a call each. Used by http/sending/response.

#include <cstring>
#include <string>
#include <string_view>

namespace sluice::core {

template <class... Pieces>
void append_all(std::string& out, const Pieces&... pieces) {
    auto put = [to = out.size(), &out](std::string_view piece) mutable {
        if (!piece.empty()) { // the data of an empty one may be null, which memcpy does not allow
            std::memcpy(out.data() + to, piece.data(), piece.size());
            to += piece.size();
        }
    };
    out.resize(out.size() + (std::string_view(pieces).size() + ...));
    (put(std::string_view(pieces)), ...);
}

} // namespace sluice::core
