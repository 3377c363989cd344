#pragma once
// Makes layout segments from the text of a template's segments, for tests.

#include "core/media/layout_segment.hpp"

#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace sluice::test {

inline std::vector<core::layout_segment> segments_of(const std::vector<std::string>& texts) {
    std::vector<core::layout_segment> segments;
    for (const auto& text : texts) {
        std::string problem;
        auto segment = core::layout_segment::parse(text, problem);
        if (!segment) {
            throw std::invalid_argument(text + ": " + problem);
        }
        segments.push_back(*std::move(segment));
    }
    return segments;
}

} // namespace sluice::test
