#include "core/media/trainer_filter.hpp"

#include <algorithm>
#include <cstddef>

namespace sluice::core {

// When a part does not match, the last star takes one byte more. An earlier star need not: what
// follows it has been found as far to the left as possible.
bool matches_glob(std::string_view glob, std::string_view text) noexcept {
    std::size_t at = 0;                        // in glob
    std::size_t seen = 0;                      // in text
    std::size_t star = std::string_view::npos; // the last one that was passed
    std::size_t taken = 0;                     // where the text of that star ends
    while (seen < text.size()) {
        if (at < glob.size() && glob[at] == '*') {
            star = at++;
            taken = seen;
        } else if (at < glob.size() && glob[at] == text[seen]) {
            ++at;
            ++seen;
        } else if (star != std::string_view::npos) {
            at = star + 1;
            seen = ++taken;
        } else {
            return false;
        }
    }
    return glob.find_first_not_of('*', at) == std::string_view::npos;
}

trainer_filter::trainer_filter(std::vector<std::string> globs) : globs_(std::move(globs)) {
    if (std::ranges::find(globs_, "*") != globs_.end()) {
        globs_.clear();
    }
}

bool trainer_filter::admits(std::string_view trainer_id) const noexcept {
    return is_for_all() || std::ranges::any_of(globs_, [trainer_id](const auto& glob) {
               return matches_glob(glob, trainer_id);
           });
}

} // namespace sluice::core
