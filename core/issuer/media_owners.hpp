#pragma once
// Whether there are owners at all (issuer.owners). A setting of its own because a site may lay its
// files out so that no path depends on a trainer.

#include <cstdint>

namespace sluice::core {

enum class media_owners : std::uint8_t {
    trainers, // "trainers": a user owns what lies in the directory of the trainer of the same id
    nobody,   // "nobody": only grants, and issuer keys that are trusted, entitle to a token
};

} // namespace sluice::core
