#include "core/text/nearest_name.hpp"

#include <algorithm>
#include <cstddef>
#include <numeric>

namespace sluice::core {

namespace {

// A word longer than all our names is not a misspelling; the bound also limits the work.
constexpr std::size_t longest_word = 64;

/// Optimal string alignment distance, three rows at a time.
std::size_t edits(std::string_view from, std::string_view to) {
    std::vector<std::size_t> before_last(to.size() + 1);
    std::vector<std::size_t> last(to.size() + 1);
    std::vector<std::size_t> row(to.size() + 1);
    std::iota(row.begin(), row.end(), std::size_t{0});
    for (std::size_t i = 1; i <= from.size(); ++i) {
        before_last.swap(last);
        last.swap(row);
        row[0] = i;
        for (std::size_t j = 1; j <= to.size(); ++j) {
            const std::size_t replace = last[j - 1] + (from[i - 1] == to[j - 1] ? 0 : 1);
            row[j] = std::min({replace, last[j] + 1, row[j - 1] + 1});
            if (i > 1 && j > 1 && from[i - 1] == to[j - 2] && from[i - 2] == to[j - 1]) {
                row[j] = std::min(row[j], before_last[j - 2] + 1);
            }
        }
    }
    return row.back();
}

} // namespace

std::string_view nearest_name(std::string_view word,
                              const std::vector<std::string_view>& candidates) {
    if (word.size() > longest_word) {
        return {};
    }
    // A third of the word may be wrong; in a short word, two letters.
    std::size_t fewest = std::max<std::size_t>(2, word.size() / 3) + 1;
    std::string_view nearest;
    for (const auto candidate : candidates) {
        const auto distance = edits(word, candidate);
        if (distance < fewest && distance < candidate.size()) {
            fewest = distance;
            nearest = candidate;
        }
    }
    return nearest;
}

std::string suggestion(std::string_view word, const std::vector<std::string_view>& candidates) {
    const auto nearest = nearest_name(word, candidates);
    return nearest.empty() ? std::string{} : ", did you mean " + std::string(nearest) + "?";
}

} // namespace sluice::core
