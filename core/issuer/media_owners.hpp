#pragma once
// The values of issuer.owners: whether media has owners. It is a setting of its own because in some
// layouts no path depends on a trainer. Used by core/config and core/issuer/ownership.hpp.

#include <cstdint>

namespace sluice::core {

enum class media_owners : std::uint8_t {
    trainers, // "trainers": a user owns what lies in the directory of the trainer of the same id
    nobody,   // "nobody": only grants, and issuer keys that are trusted, entitle to a token
};

} // namespace sluice::core
