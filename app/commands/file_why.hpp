#pragma once
// The last question of `sluice token why`: is the file there, and is it the trainer's of the token?
// Asks the origins of media in their order. Used by app/commands/token_why.

#include "core/config/config.hpp"
#include "core/media/media_id.hpp"

#include <string>
#include <string_view>

namespace sluice::app {

struct file_verdict {
    std::string refusal{}; // begins with the status of the response; empty: none
    std::string finding{}; // what was found, as the rest of a sentence
    std::string remark{};  // a sentence more
};

/// `owner` is the claim of the token; empty: any trainer. Throws std::exception when a directory
/// cannot be opened.
[[nodiscard]] file_verdict judge_file(const core::media_id& wanted, std::string_view owner,
                                      const core::config& settings);

} // namespace sluice::app
